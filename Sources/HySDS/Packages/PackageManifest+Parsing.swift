internal import Kubernetes

extension PackageManifest {
    /// - Throws: `HySDSErrors` with everything that is wrong, by key.
    package init(parsing bytes: [UInt8]) throws(HySDSErrors) {
        var reading = ManifestReading()
        do {
            self = reading.manifest(try JSONValue(parsing: bytes))
        } catch {
            throw HySDSErrors(
                HySDSError(
                    .configuration, "manifest.json", "expected JSON: \((error as? KubernetesError)?.message ?? "")"))
        }
        try HySDSErrors.check(reading.errors)
    }
}

/// Collects what is wrong in a manifest while it is read.
private struct ManifestReading {
    var errors: [HySDSError] = []

    private mutating func complain(_ key: String, _ message: String, hint: String? = nil) {
        errors.append(HySDSError(.configuration, "manifest.json: \(key)", message, hint: hint))
    }

    mutating func manifest(_ json: JSONValue) -> PackageManifest {
        guard json.object != nil else {
            complain("the file", "expected an object with containers, job_specs and hysds_ios")
            return PackageManifest(container: [:])
        }
        let container = json["containers"] ?? .null
        if container.object == nil { complain("containers", "expected an object, the container's document") }
        let id = identifier(container, "containers") ?? ""
        images(container, "url", "urls", "containers")

        let specs = documents(json["job_specs"], "job_specs")
        for (number, spec) in specs.enumerated() {
            let place = "job_specs[\(number)]"
            if spec["container"]?.string != id {
                complain("\(place).container", "expected '\(id)', the container of the package")
            }
            dependencies(spec["dependency_images"], "\(place).dependency_images")
        }
        let names = Set(specs.compactMap { $0["id"]?.string })
        let wirings = documents(json["hysds_ios"], "hysds_ios")
        for (number, wiring) in wirings.enumerated() {
            let name = wiring["job-specification"]?.string
            if name.map({ !names.contains($0) }) ?? true {
                complain(
                    "hysds_ios[\(number)].job-specification",
                    "expected one of the package's job_specs, found \(name.map { "'\($0)'" } ?? "none")")
            }
        }
        return PackageManifest(
            container: container, jobSpecs: specs, hysdsIOs: wirings, userRules: rules(json["user_rules"]))
    }

    private mutating func identifier(_ document: JSONValue, _ place: String) -> String? {
        guard let id = document["id"]?.string, !id.isEmpty, id.utf8.count <= 512 else {
            if document.object != nil { complain("\(place).id", "expected a text of at most 512 bytes") }
            return nil
        }
        return id
    }

    /// Documents with their ids; a document that stands there twice counts once.
    private mutating func documents(_ value: JSONValue?, _ place: String) -> [JSONValue] {
        guard let elements = value?.array else {
            complain(place, "expected a list")
            return []
        }
        var known: [String: JSONValue] = [:]
        return elements.enumerated().compactMap { number, document in
            guard document.object != nil else {
                complain("\(place)[\(number)]", "expected an object")
                return nil
            }
            guard let id = identifier(document, "\(place)[\(number)]") else { return nil }
            if let other = known[id] {
                if other != document { complain("\(place)[\(number)].id", "'\(id)' is there twice with other content") }
                return nil
            }
            known[id] = document
            return document
        }
    }

    private mutating func dependencies(_ value: JSONValue?, _ place: String) {
        guard let value, !value.isNull else { return }
        guard let elements = value.array else { return complain(place, "expected a list") }
        for (index, dependency) in elements.enumerated() {
            if dependency["container_image_name"]?.string?.isEmpty ?? true {
                complain("\(place)[\(index)].container_image_name", "expected a text")
            }
            images(dependency, "container_image_url", "container_image_urls", "\(place)[\(index)]")
        }
    }

    private mutating func images(_ document: JSONValue, _ single: String, _ several: String, _ place: String) {
        var hasSeveral = false
        switch document[several] {
        case nil, .null, .string(""): break
        case let value:
            guard let all = PackageManifest.architectures(value) else {
                complain("\(place).\(several)", "expected a text that holds an object: architecture to file name")
                return
            }
            hasSeveral = true
            for (name, file) in all.sorted(by: { $0.key < $1.key }) { checkFile(file, "\(place).\(several).\(name)") }
        }
        switch document[single] {
        case nil, .null, .string(""): break
        case .string(let file):
            // sdscli leaves a dependency's single address as it was when there are several.
            if !(hasSeveral && file.contains("://")) { checkFile(file, "\(place).\(single)") }
        default: complain("\(place).\(single)", "expected a text, a file name")
        }
    }

    private mutating func checkFile(_ name: String, _ place: String) {
        let isPlain =
            !name.contains("/") && ![".", "..", "manifest.json"].contains(name) && name.utf8.count <= 255
            && !name.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
        if !isPlain { complain(place, "expected the plain name of a file of the package, found '\(name)'") }
    }

    private mutating func rules(_ value: JSONValue?) -> [String: [JSONValue]] {
        guard let value, !value.isNull else { return [:] }
        guard let members = value.object else {
            complain("user_rules", "expected an object with mozart and grq")
            return [:]
        }
        return members.compactMapValues { $0.array ?? [] }.filter { key, rules in
            if !["mozart", "grq"].contains(key) { complain("user_rules.\(key)", "expected mozart or grq") }
            for (number, rule) in rules.enumerated() where rule["rule_name"]?.string?.isEmpty ?? true {
                complain("user_rules.\(key)[\(number)].rule_name", "expected a text")
            }
            return !rules.isEmpty
        }
    }
}
