import hashlib
import json


def get_payload_hash(payload):
    return hashlib.md5(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def get_short_error(error):
    return error if len(error) <= 35 else error[:20] + ".." + error[-12:]
