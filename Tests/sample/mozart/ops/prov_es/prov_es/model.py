import uuid


def get_uuid(bundle=None):
    return str(uuid.uuid4() if bundle is None else uuid.uuid5(uuid.NAMESPACE_OID, bundle))
