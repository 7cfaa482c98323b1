extension Migration {
    func addSection(
        _ choices: [String: Choice], _ host: String?, _ text: inout ConfigurationText
    ) -> [Line] {
        var lines: [Line] = []
        func add(_ path: [String], _ value: ConfigurationValue, _ reason: String) {
            text.set(["kubernetes"] + path, to: value)
            lines.append(Line(key: "kubernetes." + path.joined(separator: "."), outcome: .added, text: reason))
        }
        if text.value(at: ["kubernetes", "namespace"]) == nil {
            add(["namespace"], .text("hysds"), "hysds: where it will run")
        }
        if let key = rules.tls.first(where: { value(of: $0) != nil }), text.value(at: ["kubernetes", "tls"]) == nil {
            add(["tls"], .bool(true), "true: \(key) says that the services spoke TLS (HySDS 6)")
        }
        for store in stores where choices[store.name] == .keep {
            var members: [ConfigurationValue.Member] = [.init("address", .text(address(of: store)))]
            if let port = port(of: store) { members.append(.init("port", .integer(port))) }
            if usesTLS(store) { members.append(.init("tls", .bool(true))) }
            add(
                ["external", store.name], .mapping(members),
                "\(store.rule.title) at \(store.addresses.joined(separator: ", ")); `exclusive: true` lets reset clear it"
            )
        }
        for store in stores where (choices[store.name] ?? .anew) == .anew {
            guard let key = store.rule.former, text.value(at: [key]) == nil else { continue }
            let url = url(of: store)
            text.set([key], to: .text(url))
            lines.append(Line(key: key, outcome: .added, text: "\(url): 'sds migrate' copies from there"))
        }
        return lines
    }

    private func url(of store: Store) -> String {
        let address = address(of: store)
        guard !address.contains("://") else { return address }
        return (usesTLS(store) ? "https://" : "http://") + address + ":" + String(port(of: store) ?? 9200)
    }

    func address(of store: Store) -> String { store.addresses[0] }

    func port(of store: Store) -> Int64? {
        if isManaged(store) { return 443 }
        guard let key = store.rule.port, let text = value(of: key), let port = Int64(text), port != 9200 else {
            return nil
        }
        return port
    }

    func usesTLS(_ store: Store) -> Bool {
        isManaged(store) || store.rule.protocolKey.flatMap(value(of:)) == "https"
            || store.addresses[0].hasPrefix("https:")
            || rules.tls.contains { value(of: $0) != nil }
    }

    func isManaged(_ store: Store) -> Bool {
        guard let key = store.rule.managed else { return false }
        return members.first { $0.key == key }?.value.value == .bool(true)
    }
}
