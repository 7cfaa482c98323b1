import os
import sqlite3

from pele import create_app

app = create_app(f"pele.settings.{os.environ.get('FLASK_ENV', 'production').capitalize()}Config")


@app.cli.command("create-db")
def create_db():
    """Makes the data base of users beside the package; nothing reads it."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
    os.makedirs(folder, exist_ok=True)
    with sqlite3.connect(os.path.join(folder, "app-production.sqlite")) as database:
        database.execute("CREATE TABLE IF NOT EXISTS user(id INTEGER PRIMARY KEY, email TEXT UNIQUE)")
