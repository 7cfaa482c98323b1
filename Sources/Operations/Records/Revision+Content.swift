internal import HySDS
package import Kubernetes
internal import Release

extension Revision {
    /// The same with today's secrets: a revision names the workload's Secret, whose content is never rolled back.
    ///
    /// - Parameters:
    ///   - live: the workload's object in the cluster, whose pods get the secret files that there are now.
    ///   - generation: what the Secret itself says of its generation; nil takes the object's word.
    package func carryingSecrets(of live: KubernetesObject, generation: String? = nil) -> Revision {
        guard let path = PodTemplate.path(of: object), let livePath = PodTemplate.path(of: live) else { return self }
        var object = object
        let annotation = ["metadata", "annotations", RecordNames.secrets]
        object[path: path + annotation] = generation.map(JSONValue.string) ?? live[path: livePath + annotation]
        let current = Revision.secretVolume(live[path: livePath + ["spec", "volumes"]])
        if let current, let volumes = object[path: path + ["spec", "volumes"]]?.array {
            object[path: path + ["spec", "volumes"]] = .array(
                volumes.map { $0["name"] == current["name"] ? current : $0 })
        }
        guard object != self.object else { return self }
        let spec = Revision.spec(of: object)
        object.annotations[RecordNames.spec] = spec
        var wanted = wanted
        wanted.spec = spec
        return Revision(workload: workload, wanted: wanted, object: object)
    }

    /// The volume of secret files as sds writes it, without what the server added.
    private static func secretVolume(_ volumes: JSONValue?) -> JSONValue? {
        guard let volume = (volumes?.array ?? []).first(where: { $0["name"]?.string == "sds-secrets" }) else {
            return nil
        }
        guard let secret = volume["secret"]?.object else { return volume }
        let own = secret.filter { ["secretName", "defaultMode", "items"].contains($0.key) }
        return ["name": "sds-secrets", "secret": .object(own)]
    }

    /// The digest of what an object says, without its sequence number: what `Rendering` writes on it.
    static func spec(of object: KubernetesObject) -> String {
        var bare = object
        bare[path: ["metadata", "annotations", RecordNames.spec]] = nil
        if let path = PodTemplate.path(of: object) {
            bare[path: path + ["metadata", "annotations", RecordNames.sequence]] = nil
            for kind in ["initContainers", "containers"] {
                guard let containers = bare[path: path + ["spec", kind]]?.array else { continue }
                bare[path: path + ["spec", kind]] = .array(
                    containers.map { container in
                        guard let variables = container["env"]?.array else { return container }
                        var container = container
                        container["env"] = .array(variables.filter { $0["name"]?.string != "SDS_SEQUENCE" })
                        return container
                    })
            }
        }
        return Digest(of: bare.json.serialized()).hex
    }

    /// The names of all content that the revision's pods would mount.
    package var contentNames: Set<String> { ContentNames.named(in: object.json) }
}

/// Names of the immutable ConfigMaps that hold releases, their trees and the records of revisions.
package enum ContentNames {
    package static let prefixes = ["sds-release-", "sds-tree-", "sds-revision-"]

    /// Every such name that stands anywhere in a value: more than what is mounted, never less.
    package static func named(in value: JSONValue) -> Set<String> {
        var names: Set<String> = []
        var open = [value]
        while let next = open.popLast() {
            switch next {
            case .string(let text): if prefixes.contains(where: text.hasPrefix) { names.insert(text) }
            case .array(let elements): open += elements
            case .object(let members): open += members.values
            default: continue
            }
        }
        return names
    }
}
