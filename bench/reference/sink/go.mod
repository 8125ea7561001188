module viber-gateway/bench/sink

go 1.23
