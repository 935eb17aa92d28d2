from firmware.config.scheme import SupervisionConfig
from firmware.runtime.restart_policy import RestartPolicy

CONFIG = SupervisionConfig(restart_delay_s=0.5, restart_delay_max_s=4.0, stable_after_s=30.0)


def test_waits_double_up_to_the_limit() -> None:
    policy = RestartPolicy(CONFIG)
    assert [policy.delay_s(1.0) for _ in range(5)] == [0.5, 1.0, 2.0, 4.0, 4.0]


def test_a_stable_run_is_forgiven() -> None:
    policy = RestartPolicy(CONFIG)
    for _ in range(3):
        policy.delay_s(1.0)
    assert policy.delay_s(31.0) == 0.5


def test_failing_for_days_is_survived() -> None:
    policy = RestartPolicy(CONFIG)
    assert max(policy.delay_s(1.0) for _ in range(3000)) == 4.0
