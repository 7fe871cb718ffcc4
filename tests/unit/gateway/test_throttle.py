from gateway.throttle import Rate, Throttle

SEARCH = ("api", "$default", "POST /v2/image_search")
UPLOADS = ("api", "$default", "POST /v2/uploads")
STAGE = {
    "defaultRouteSettings": {"ThrottlingRateLimit": "500", "ThrottlingBurstLimit": "1000"},
    "routeSettings": {"POST /v2/uploads": {"throttlingRateLimit": 50}},
}


def test_a_stages_settings_are_those_of_each_route():
    assert Rate.of_route(STAGE, "GET /health") == Rate(500, 1000)


def test_a_route_may_have_settings_of_its_own():
    assert Rate.of_route(STAGE, "POST /v2/uploads") == Rate(50, 1000)


def test_else_the_accounts_limits_hold():
    assert Rate.of_route({}, "GET /health") == Rate(10_000, 5_000)


def test_each_route_has_a_bucket_of_its_own():
    throttle, rate = Throttle(now=lambda: 0.0), Rate(1, 2)
    taken = [throttle.admits(SEARCH, rate) for _ in range(3)]
    assert (taken, throttle.admits(UPLOADS, rate)) == ([True, True, False], True)


def test_a_bucket_fills_at_its_rate_up_to_the_burst():
    seconds = iter([0.0, 0.0, 0.4, 0.5, 60.0, 60.0, 60.0])
    throttle = Throttle(now=lambda: next(seconds))
    taken = [throttle.admits(SEARCH, Rate(2, 2)) for _ in range(7)]
    assert taken == [True, True, False, True, True, True, False]
