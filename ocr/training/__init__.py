"""Makes the weights of the line finder and of the line recogniser: synthetic data, nets, training, export, evaluation.

Nothing here is needed to read. Only ``nets``, ``weights``, the two trainers and ``export`` import PyTorch (the extra
``train``); the generators run with what the product has. docs/training.md says how to retrain.
"""
