"""The production line: catalogue, pipeline, executor. The only importer of all stages."""
