internal import Kubernetes

extension FakeAPI {
    func delete(_ type: ResourceType, _ id: ResourceID, _ request: FakeRequest) throws(APIFailure) -> Answer {
        let options = try options(of: request)
        let lingers = settings.runsControllers
        let left = try store.transact(isTrial: options["dryRun"] != nil) { state throws(APIFailure) in
            try state.delete(id, options: options, lingers: lingers)
        }
        if request.path.hasSuffix("/eviction") { return Self.success(201) }
        return left.map { .json($0.rendered(as: type)) } ?? Self.success(200)
    }

    func deleteAll(_ type: ResourceType, _ namespace: String?, _ request: FakeRequest) throws(APIFailure) -> Answer {
        let options = try options(of: request)
        let filter = try filter(type, namespace, request)
        let lingers = settings.runsControllers
        let deleted = try store.transact(isTrial: options["dryRun"] != nil) { state throws(APIFailure) in
            let chosen = state.objects(filter)
            for object in chosen where state[object.id] != nil {
                try state.delete(object.id, options: options, lingers: lingers)
            }
            return chosen
        }
        return .json([
            "apiVersion": .string(type.apiVersion), "kind": .string("\(type.kind)List"), "metadata": [:],
            "items": .array(deleted.map { $0.rendered(as: type) }),
        ])
    }

    private func options(of request: FakeRequest) throws(APIFailure) -> JSONValue {
        guard !request.body.isEmpty else { return [:] }
        let json = try Self.json(request)
        return json["deleteOptions"] ?? json
    }

    private static func success(_ status: Int) -> Answer {
        .json(["apiVersion": "v1", "kind": "Status", "metadata": [:], "status": "Success"], status: status)
    }
}
