#!/usr/bin/env python3
"""Makes the data base of users beside the package; nothing reads it."""

import os
import sqlite3

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
os.makedirs(folder, exist_ok=True)
with sqlite3.connect(os.path.join(folder, "app.db")) as database:
    database.execute("CREATE TABLE IF NOT EXISTS user(id INTEGER PRIMARY KEY, username TEXT UNIQUE)")
