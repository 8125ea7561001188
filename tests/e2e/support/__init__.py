"""What the black-box tests stand on, here and in `tests/chaos`.

`child` runs a process, `gateway` the product, `viber` the simulator; `topics` reads
and writes Kafka, `web` speaks HTTP.  `account` says what became of everything that
was sent, `ledger` prints it, `fixtures` is what tests ask for.
Rule: nothing of `gateway` is imported.  What can be seen from outside is all there is.
"""
