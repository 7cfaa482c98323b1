__version__ = "3.3.90"
__description__ = "HySDS (sample)"

# Taken once, when a process imports the package: it tells which release of the code did something.
VERSION = "sample-1"
