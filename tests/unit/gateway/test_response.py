from gateway.response import outgoing


def test_all_else_goes_out_with_the_requests_id():
    assert outgoing({"ETag": '"a"', "Vary": "Accept-Encoding"}, None, "id") == {
        "ETag": '"a"',
        "Vary": "Accept-Encoding",
        "apigw-requestid": "id",
    }


def test_what_concerns_a_connection_does_not_go_on():
    headers = {"Connection": "close", "Keep-Alive": "1", "Transfer-Encoding": "chunked"}
    assert outgoing(headers, None, "id") == {"apigw-requestid": "id"}


def test_the_gateway_counts_the_body_itself():
    assert outgoing({"Content-Length": "7"}, None, "id") == {"apigw-requestid": "id"}


def test_a_challenge_is_renamed():
    assert outgoing({"WWW-Authenticate": "ApiKey"}, None, "id") == {
        "x-amzn-remapped-www-authenticate": "ApiKey",
        "apigw-requestid": "id",
    }


def test_without_cors_in_the_gateway_the_functions_own_goes_out():
    headers = {"Access-Control-Allow-Origin": "*"}
    assert outgoing(headers, None, "id") == headers | {"apigw-requestid": "id"}


def test_with_cors_in_the_gateway_the_functions_own_does_not():
    assert outgoing({"Access-Control-Allow-Origin": "*"}, {}, "id") == {"apigw-requestid": "id"}
