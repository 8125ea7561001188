"""A Viber on your desk: the REST Bot API, the phones of its users, and its moods.

It is as strict as Viber and misbehaves on request, so it can judge a bot or a
gateway.  ``rules`` holds what Viber demands (pure), ``world`` what exists,
``phone`` what users do, ``api`` what bots call, ``callbacks`` what goes out and
``control`` the JSON API that drives it all.  It imports nothing of ``gateway``.
"""
