#!/usr/bin/env python3
"""
Reads what every release of the Letta server accepts when it loads a row, from its source code, without running it.

    python3 scripts/read-letta-models.py DIRECTORY > src/letta/catalogue/accepted-values.json

DIRECTORY holds one folder per release, named like it (`0.16.8`), with an unpacked wheel of that release in it
(`pip download letta==0.16.8 --no-deps`, then unzip). There is no wheel of 0.11.1: take that tag from GitHub.
With --all as a second word, everything that was read is printed per release, also digests of the validators: they are
code, so when one changes a person has to read it.

The catalogue's file holds per fact a list of [first release, what holds from there on].
"""

import ast
import hashlib
import json
import pathlib
import sys

# Models that a server builds from rows: those that ORM classes name, and those that JSON columns are turned into.
MODELS = {
    "letta.schemas.agent": ["AgentState"],
    "letta.schemas.archive": ["Archive"],
    "letta.schemas.block": ["Block"],
    "letta.schemas.conversation": ["Conversation"],
    "letta.schemas.embedding_config": ["EmbeddingConfig"],
    "letta.schemas.environment_variables": ["AgentEnvironmentVariable", "SandboxEnvironmentVariable"],
    "letta.schemas.file": ["FileAgent", "FileMetadata"],
    "letta.schemas.group": ["Group"],
    "letta.schemas.identity": ["Identity", "IdentityProperty"],
    "letta.schemas.job": ["Job", "LettaRequestConfig"],
    "letta.schemas.letta_message": ["ApprovalReturn"],
    "letta.schemas.letta_message_content": [
        "TextContent",
        "ImageContent",
        "LettaImage",
        "ToolCallContent",
        "ToolReturnContent",
        "ReasoningContent",
        "RedactedReasoningContent",
        "OmittedReasoningContent",
        "SummarizedReasoningContent",
        "SummarizedReasoningContentPart",
    ],
    "letta.schemas.llm_batch_job": ["LLMBatchItem", "LLMBatchJob", "AgentStepState"],
    "letta.schemas.llm_config": ["LLMConfig"],
    "letta.schemas.mcp": ["MCPServer", "MCPOAuthSession"],
    "letta.schemas.message": ["Message", "ToolReturn"],
    "letta.schemas.organization": ["Organization"],
    "letta.schemas.passage": ["Passage"],
    "letta.schemas.prompt": ["Prompt"],
    "letta.schemas.provider_model": ["ProviderModel"],
    "letta.schemas.provider_trace": ["ProviderTrace", "ProviderTraceMetadata"],
    "letta.schemas.providers.base": ["Provider"],
    "letta.schemas.response_format": ["TextResponseFormat", "JsonSchemaResponseFormat", "JsonObjectResponseFormat"],
    "letta.schemas.run": ["Run"],
    "letta.schemas.run_metrics": ["RunMetrics"],
    "letta.schemas.sandbox_config": ["SandboxConfig", "LocalSandboxConfig", "E2BSandboxConfig", "ModalSandboxConfig"],
    "letta.schemas.source": ["Source"],
    "letta.schemas.step": ["Step"],
    "letta.schemas.step_metrics": ["StepMetrics"],
    "letta.schemas.tool": ["Tool"],
    "letta.schemas.npm_requirement": ["NpmRequirement"],
    "letta.schemas.pip_requirement": ["PipRequirement"],
    "letta.schemas.tool_rule": [
        "ChildToolRule",
        "ConditionalToolRule",
        "ContinueToolRule",
        "InitToolRule",
        "MaxCountPerStepToolRule",
        "ParentToolRule",
        "RequiredBeforeExitToolRule",
        "RequiresApprovalToolRule",
        "TerminalToolRule",
        "ToolCallNode",
    ],
    "letta.schemas.user": ["User"],
    "letta.schemas.model": ["AnthropicModelSettings"],
    "letta.services.summarizer.summarizer_config": ["CompactionSettings"],
    "letta.functions.mcp_client.types": ["StdioServerConfig", "SSEServerConfig", "StreamableHTTPServerConfig"],
}

ENUMS = {
    "letta.schemas.agent": ["AgentType"],
    "letta.schemas.enums": [
        "AgentStepStatus",
        "FileProcessingStatus",
        "JobStatus",
        "JobType",
        "MessageRole",
        "MessageSourceType",
        "ProviderCategory",
        "ProviderType",
        "RunStatus",
        "SandboxType",
        "StepStatus",
        "ToolRuleType",
        "ToolSourceType",
        "ToolType",
        "VectorDBProvider",
        "MCPServerType",
    ],
    "letta.functions.mcp_client.types": ["MCPServerType"],
    "letta.schemas.group": ["ManagerType"],
    "letta.schemas.identity": ["IdentityType", "IdentityPropertyType"],
    "letta.schemas.letta_message": ["MessageReturnType", "MessageType"],
    "letta.schemas.letta_message_content": ["ImageSourceType", "MessageContentType"],
    "letta.schemas.letta_stop_reason": ["StopReasonType"],
    "letta.schemas.mcp": ["MCPServerType", "OAuthSessionStatus"],
    "letta.schemas.response_format": ["ResponseFormatType"],
    "letta.schemas.sandbox_config": ["SandboxType"],
    "letta.schemas.step": ["StepStatus"],
}


class Module:
    def __init__(self, root, name):
        self.name = name
        path = root.joinpath(*name.split("."))
        file = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
        self.classes, self.imports, self.values = {}, {}, {}
        tree = ast.parse(file.read_text()) if file.exists() else ast.Module(body=[], type_ignores=[])
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for each in node.names:
                    self.imports.setdefault(each.asname or each.name, (node.module, each.name))
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.values[node.targets[0].id] = node.value


class Release:
    def __init__(self, root):
        self.root, self.modules = root, {}

    def module(self, name):
        if name not in self.modules:
            self.modules[name] = Module(self.root, name)
        return self.modules[name]

    def find(self, module, name):
        """(module, class) that a name means there; follows imports inside Letta."""
        here = self.module(module)
        if name in here.classes:
            return here, here.classes[name]
        if name in here.imports and here.imports[name][0].startswith("letta"):
            return self.find(*here.imports[name])
        return None

    def find_value(self, module, name):
        here = self.module(module)
        if name in here.values:
            return here, here.values[name]
        if name in here.imports and here.imports[name][0].startswith("letta"):
            return self.find_value(*here.imports[name])
        return None

    def enum_values(self, module, name):
        found = self.find(module, name)
        if not found or not any("Enum" in ast.unparse(base) for base in found[1].bases):
            return None
        return {
            each.targets[0].id: each.value.value
            for each in found[1].body
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant) and isinstance(each.targets[0], ast.Name)
        }

    def closed_list(self, module, annotation):
        """The values that an annotation allows when they are a closed list (Literal, enum, Optional of those), else None."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        if isinstance(annotation, ast.Name):
            values = self.enum_values(module.name, annotation.id)
            if values is not None:
                return list(values.values())
            found = self.find_value(module.name, annotation.id)
            return self.closed_list(*found) if found else None
        if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
            return self.union(module, [annotation.left, annotation.right])
        if not isinstance(annotation, ast.Subscript):
            return None
        head, inner = ast.unparse(annotation.value), annotation.slice
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if head == "Literal":
            return [self.literal(module, each) for each in parts]
        if head == "Optional":
            return self.closed_list(module, parts[0])
        if head == "Annotated":
            return self.closed_list(module, parts[0])
        if head == "Union":
            return self.union(module, parts)
        return None

    def union(self, module, parts):
        lists = [self.closed_list(module, each) for each in parts if not (isinstance(each, ast.Constant) and each.value is None)]
        return sum(lists, []) if all(each is not None for each in lists) else None

    def literal(self, module, node):
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.UnaryOp):
            return ast.literal_eval(node)
        if isinstance(node, ast.Attribute):
            owner = node.value if isinstance(node.value, ast.Name) else node.value.value
            return self.enum_values(module.name, owner.id)[node.attr if node.attr != "value" else node.value.attr]
        raise ValueError(ast.unparse(node))

    def model(self, module, name):
        found = self.find(module, name)
        if not found:
            return None
        module, node = found
        facts = {"extra": "ignore", "fields": {}, "validators": {}}
        for base in reversed(node.bases):
            inherited = self.model(module.name, ast.unparse(base)) if isinstance(base, ast.Name) else None
            if inherited:
                facts["extra"] = inherited["extra"] if inherited["extra"] != "ignore" else facts["extra"]
                facts["fields"].update(inherited["fields"])
                facts["validators"].update(inherited["validators"])
        for each in node.keywords:
            if each.arg == "extra":
                facts["extra"] = each.value.value
        for each in node.body:
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and not each.target.id.startswith("__"):
                if ast.unparse(each.annotation).startswith("ClassVar") or each.target.id == "model_config":
                    continue
                facts["fields"][each.target.id] = self.field(module, each)
            elif isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "model_config":
                for keyword in getattr(each.value, "keywords", []):
                    if keyword.arg == "extra":
                        facts["extra"] = keyword.value.value
            elif isinstance(each, ast.ClassDef) and each.name == "Config":
                for line in each.body:
                    if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "extra":
                        facts["extra"] = ast.unparse(line.value).strip("'\"").split(".")[-1]
            elif isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if any("validator" in ast.unparse(deco) for deco in each.decorator_list):
                    text = ast.unparse(each)
                    facts["validators"][each.name] = hashlib.sha256(text.encode()).hexdigest()[:10]
        return facts

    def field(self, module, node):
        fact = {"type": ast.unparse(node.annotation), "required": self.required(node.value)}
        values = self.closed_list(module, node.annotation)
        if values is not None:
            fact["values"] = values
        nullable = "Optional" in fact["type"] or "None" in fact["type"] or fact["type"] == "Any"
        fact["nullable"] = nullable
        if isinstance(node.value, ast.Call):
            for keyword in node.value.keywords:
                if keyword.arg in ("pattern", "max_length", "min_length", "ge", "le", "gt", "lt", "alias", "validation_alias"):
                    fact[keyword.arg] = ast.unparse(keyword.value)
        return fact

    @staticmethod
    def required(value):
        if value is None:
            return True
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "Field":
            if any(each.arg in ("default", "default_factory") and ast.unparse(each.value) != "..." for each in value.keywords):
                return False
            return not value.args or ast.unparse(value.args[0]) in ("...", "Ellipsis")
        if isinstance(value, ast.Call) and "generate_id_field" in ast.unparse(value.func):
            return False
        return isinstance(value, ast.Constant) and value.value is Ellipsis


# Fields whose annotation decides more than a list of values does.
TYPES = ["AgentState.embedding_config", "CompactionSettings.model", "CompactionSettings.prompt", "ToolReturn.func_response"]
VALIDATORS = ["Block.verify_char_limit", "LLMConfig.validate_codex_reasoning_effort"]


def settings_types(release):
    """
    Endpoint types of models with which an agent can be loaded: since 0.14.0 an agent's state also says what
    LLMConfig._to_model_settings returns. For types that it does not name that is a `Model` without its required fields (up
    to 0.16.2) or a bare `ModelSettings`, which is no member of ModelSettingsUnion. None: no restriction.
    """
    if "model_settings" not in release.model("letta.schemas.agent", "AgentState")["fields"]:
        return None
    _, node = release.find("letta.schemas.llm_config", "LLMConfig")
    method = next(each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "_to_model_settings")
    branch, good = next(each for each in method.body if isinstance(each, ast.If)), []
    while branch:
        built = next(each for each in ast.walk(ast.Module(branch.body, [])) if isinstance(each, ast.Return)).value
        if ast.unparse(built.func) not in ("Model", "ModelSettings"):
            against = branch.test.comparators[0]
            good += [each.value for each in (against.elts if isinstance(against, ast.Tuple) else [against])]
        branch = branch.orelse[0] if len(branch.orelse) == 1 and isinstance(branch.orelse[0], ast.If) else None
    return good


def settings_union(release):
    """The provider types of ModelSettingsUnion, by which it tells its members apart; None where there is no such union."""
    found = release.find_value("letta.schemas.model", "ModelSettingsUnion")
    if not found:
        return None
    module, node = found
    members = [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and each.id.endswith("ModelSettings")]
    return sorted(value for name in members for value in release.model(module.name, name)["fields"]["provider_type"]["values"])


def ranges(facts, of):
    """[[first release, fact], …] of what `of` finds in each release's facts."""
    out = []
    for version, each in facts.items():
        value = of(each)
        if not out or out[-1][1] != value:
            out.append([version, value])
    return out


def compact(facts):
    newest = list(facts.values())[-1]
    places = sorted({f"{model}.{field}" for each in facts.values() for model, m in each["models"].items() for field, f in m["fields"].items() if "values" in f})
    enums = sorted({name for each in facts.values() for name in each["enums"]})
    rules = sorted(name for name in newest["models"] if name.endswith("ToolRule"))

    def field(each, place, key):
        model, name = place.split(".")
        return each["models"].get(model, {"fields": {}})["fields"].get(name, {}).get(key)

    return {
        "releases": list(facts),
        "enums": {name: ranges(facts, lambda each: sorted(set(each["enums"][name].values())) if name in each["enums"] else None) for name in enums},
        "values": {place: ranges(facts, lambda each: sorted(field(each, place, "values") or []) or None) for place in places},
        # Closed lists that no annotation states.
        "more": {
            "LLMConfig._to_model_settings": ranges(facts, lambda each: each["settings"] and sorted(each["settings"])),
            "ModelSettingsUnion.provider_type": ranges(facts, lambda each: each["union"]),
        },
        "fields": {name: ranges(facts, lambda each: sorted(each["models"][name]["fields"]) if name in each["models"] else None) for name in rules},
        "types": {place: ranges(facts, lambda each: field(each, place, "type")) for place in TYPES},
        "validators": {
            place: ranges(facts, lambda each: place.split(".")[1] in each["models"][place.split(".")[0]]["validators"]) for place in VALIDATORS
        },
    }


def main():
    facts = {}
    for home in sorted(pathlib.Path(sys.argv[1]).iterdir(), key=lambda each: [int(part) for part in each.name.split(".")]):
        release = Release(home)
        enums, models = {}, {}
        for module, names in ENUMS.items():
            for name in names:
                values = release.enum_values(module, name)
                if values is not None:
                    enums.setdefault(name, values)
        for module, names in MODELS.items():
            for name in names:
                found = release.model(module, name)
                if found is not None:
                    models[name] = found
        facts[home.name] = {"enums": enums, "models": models, "settings": settings_types(release), "union": settings_union(release)}
    if "--all" in sys.argv[2:]:
        json.dump(facts, sys.stdout, indent=1)
        return
    # One range a line: a person should be able to read a difference of two versions of the file.
    sections = []
    for name, section in compact(facts).items():
        if isinstance(section, dict):
            lines = []
            for place, found in section.items():
                rows = ",\n   ".join(json.dumps(each) for each in found)
                lines.append(f'  "{place}": [\n   {rows}\n  ]')
            sections.append(f' "{name}": {{\n' + ",\n".join(lines) + "\n }")
        else:
            sections.append(f' "{name}": {json.dumps(section)}')
    print("{\n" + ",\n".join(sections) + "\n}")


if __name__ == "__main__":
    main()
