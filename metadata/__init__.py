"""Words to fields: number, date, court, type and abstract of a document, and marks that stop it."""
