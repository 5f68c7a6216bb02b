"""The providers, one module and one data file each; ``docs/backends.md`` shows how to add one."""
