"""
Asks the models of the Letta server in whose virtual environment this runs which values they accept: the same as
scripts/read-letta-models.py reads from the source. Prints {enums, values, fields}.

    python read-letta-values.py '{"enums": […], "values": ["Model.field", …], "fields": ["Model", …]}'
"""

import enum
import importlib
import json
import pkgutil
import sys
import types
import typing

import letta.functions.mcp_client.types
import letta.schemas

asked = json.loads(sys.argv[1])
classes = {}
names = [f"letta.schemas.{each.name}" for each in pkgutil.iter_modules(letta.schemas.__path__)]
# Two classes have the same name in some places; the models that rows become stand in these modules.
names += ["letta.schemas.providers.base", "letta.functions.mcp_client.types", "letta.services.summarizer.summarizer_config", "letta.orm.mcp_oauth"]
for name in names:
    try:
        module = importlib.import_module(name)
    except ImportError:
        continue
    for key, value in vars(module).items():
        if isinstance(value, type) and value.__module__ == name:
            classes.setdefault(key, value)


def closed_list(annotation):
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return [each.value if isinstance(each, enum.Enum) else each for each in typing.get_args(annotation)]
    if origin in (typing.Union, types.UnionType):
        parts = [closed_list(each) for each in typing.get_args(annotation) if each is not type(None)]
        return sum(parts, []) if all(each is not None for each in parts) else None
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return [each.value for each in annotation]
    return None


def of_field(place):
    model, field = place.split(".")
    found = classes.get(model)
    info = getattr(found, "model_fields", {}).get(field)
    values = closed_list(info.annotation) if info else None
    return sorted(set(values)) if values else None


def main():
    print(
        json.dumps(
            {
                "enums": {name: sorted(each.value for each in classes[name]) if name in classes else None for name in asked["enums"]},
                "values": {place: of_field(place) for place in asked["values"]},
                "fields": {name: sorted(classes[name].model_fields) if name in classes else None for name in asked["fields"]},
            }
        )
    )


main()
