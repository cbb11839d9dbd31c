"""The ground: the models that read streams, sources, registry and settings.

May not import any other package of Bruk, nor touch data."""
