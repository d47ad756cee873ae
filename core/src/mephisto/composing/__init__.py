"""From a command line and YAML files to settled options.

- `composition`    Hydra, used as a library: one session, one configuration
- `task_config`    the shape of a configuration, and what run scripts derive from it
- `config_source`  where configurations come from: a script's folder, profiles, installed plugins
- `options`        options between their shapes: a plugin's dataclass, Hydra's schema, settled values
- `errors`         what Hydra says, in three parts, with file and line
"""
