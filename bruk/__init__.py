"""The front door: the command line and the steps of one refresh. May not decode, judge or draw: rooms do."""
