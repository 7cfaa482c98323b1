"""The programs that run inside the pods of a HySDS: standard library only, Python 3.9 and later."""
