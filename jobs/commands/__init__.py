"""The command line, one file a group: modules named ``..._commands`` declare, others do the work.

A module of commands imports what a command needs when it runs, so that ``--help`` comes at once.
"""
