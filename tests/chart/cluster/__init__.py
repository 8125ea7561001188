"""The chart on a real Kubernetes: `make cluster-test`, for whatever KUBECONFIG names.

Only that target sets TEST_CLUSTER=1: no other run touches a cluster of yours.

Images are those of `make image`, unless these say otherwise: TEST_IMAGE the gateway's
and the simulator's, TEST_DEV_IMAGE the echo bot's, TEST_KAFKA_IMAGE Apache Kafka's.
Everything is in one namespace, which enforces the Pod Security Standard `restricted`
and is deleted at the end.
"""
