"""A function that does nothing: what the runtime itself takes."""


def lambda_handler(event, context):
    return {"statusCode": 200}
