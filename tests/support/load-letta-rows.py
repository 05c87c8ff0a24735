"""
Loads every row of a database with the models of the Letta server in whose virtual environment this runs, as the server
does it: SQLAlchemy's columns turn JSON into models, `to_pydantic` makes the answer's model of the row, and a message is
turned into what `GET /v1/agents/{id}/messages` shows.

    python load-letta-rows.py postgresql://…        prints [{table, id, error}, …] and how many rows were loaded
"""

import asyncio
import importlib
import json
import pkgutil
import sys

import letta.orm
from letta.orm.base import Base
from sqlalchemy import create_engine, inspect, select
from sqlalchemy.orm import Session

url = sys.argv[1].replace("postgres://", "postgresql://").replace("postgresql://", "postgresql+psycopg2://")
engine = create_engine(url)
there = set(inspect(engine).get_table_names())
# SQLAlchemy resolves relationships by name, so that every class has to be imported.
for each in pkgutil.iter_modules(letta.orm.__path__):
    # From 0.12 on a left-over that nothing imports, and that nothing can import.
    if each.name not in ("job_messages", "agents_runs"):
        importlib.import_module(f"letta.orm.{each.name}")

refused, loaded = [], 0
for mapper in sorted(Base.registry.mappers, key=lambda each: each.local_table.name):
    orm, table = mapper.class_, mapper.local_table
    if table.name not in there:
        continue
    keys = [mapper.get_property_by_column(column).key for column in table.primary_key.columns]
    with Session(engine) as session:
        rows = session.execute(select(*[getattr(orm, key) for key in keys])).all()
    for row in rows:
        with Session(engine) as session:
            try:
                found = session.get(orm, tuple(row))
                try:
                    orm.__pydantic_model__
                except (AttributeError, NotImplementedError):
                    pass
                else:
                    if not isinstance(orm.__pydantic_model__, property):
                        # A file's content is only loaded when it is asked for, and the synchronous way asks.
                        model = asyncio.run(found.to_pydantic_async()) if table.name == "files" else found.to_pydantic()
                        model.model_dump(mode="json")
                        if table.name == "messages":
                            model.to_letta_messages()
                loaded += 1
            except Exception as error:
                refused.append({"table": table.name, "id": ",".join(map(str, row)), "error": f"{type(error).__name__}: {error}"[:600]})
json.dump({"loaded": loaded, "refused": refused}, sys.stdout)
