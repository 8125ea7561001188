"""The chat page: a phone, its users, and the wire behind it, in the browser.

It uses the control API as anybody could.  What it needs besides stands here: its files
(``assets``) and a way to ask a gateway what it is doing (``gateway``).
"""
