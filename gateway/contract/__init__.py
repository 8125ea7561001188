"""What bots may rely on, in a form that machines read: JSON Schema and AsyncAPI.

The models are tables: what a message, an event, a result may hold.  From them come the
files in `schemas/`, the served document and its page; nothing here reads or writes
records, and tests hold the code that does to these tables.
"""
