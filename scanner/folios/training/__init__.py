"""How the weights of the folio reader were made; needs PyTorch (``pip install butluc[train]``)."""
