"""Templates are read by the parser in C, where there is one: ours has 150 KB, and MiniStack reads it several times."""

import yaml

from patching import module, need

engine = need(module("services.cloudformation.engine"), "CfnLoader", "_parse_template")


def install() -> None:
    if not yaml.__with_libyaml__:
        return

    class Loader(yaml.CSafeLoader):
        yaml_constructors = engine.CfnLoader.yaml_constructors
        yaml_multi_constructors = engine.CfnLoader.yaml_multi_constructors
        yaml_implicit_resolvers = engine.CfnLoader.yaml_implicit_resolvers

    engine.CfnLoader = Loader
