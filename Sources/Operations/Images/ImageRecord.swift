internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes
package import Release

/// What runs for an image name of `k8s/`, as the last build recorded it in the cluster.
package struct ImageRecord: Codable, Sendable, Equatable {
    /// How nodes get an image.
    package enum Delivery: Codable, Sendable, Equatable {
        /// From a registry, by what stands before the image's name.
        case registry(String)
        /// Put into the nodes' containerd by a command.
        case command(String)

        private enum CodingKeys: String, CodingKey {
            case push, load
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            if let registry = try container.decodeIfPresent(String.self, forKey: .push) {
                self = .registry(registry)
            } else {
                self = .command(try container.decode(String.self, forKey: .load))
            }
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .registry(let registry): try container.encode(registry, forKey: .push)
            case .command(let command): try container.encode(command, forKey: .load)
            }
        }
    }

    /// The image's name in `k8s/`.
    package var image: String
    /// With the digest: `registry.example.org/hysds/mozart@sha256:…`.
    package var reference: String
    package var tag: String
    /// The digest of the build context.
    package var context: String
    package var arguments: [String: String]
    package var platform: String?
    package var isBaked: Bool
    /// The code trees that it holds, with the pieces of their manifests in the cluster.
    package var trees: [TreeFacts]?
    package var delivery: Delivery
    package var identity: Identity
    /// ISO 8601, UTC.
    package var time: String

    /// A ConfigMap's keys have no slash.
    var key: String { ImageRecord.key(of: image) }

    static func key(of image: String) -> String { image.replacing("/", with: ".") }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("strings always encode") }
        return String(decoding: data, as: UTF8.self)
    }
}

extension Records {
    /// The images that were built for this cluster, by their names in `k8s/`.
    package var images: [String: ImageRecord] {
        let texts = (self[RecordNames.images]?[path: ["data"]]?.object ?? [:]).values.compactMap(\.string)
        // A record that a later version wrote in another form counts as none.
        let records = texts.compactMap { try? JSONDecoder().decode(ImageRecord.self, from: Data($0.utf8)) }
        return Dictionary(records.map { ($0.image, $0) }, uniquingKeysWith: { _, last in last })
    }
}

extension [String: ImageRecord] {
    /// What each workload's image holds of code trees, by workload: known of images that sds has built.
    func baked(for workloads: [Workload], as rendering: Rendering) -> [String: BakedTrees] {
        var baked: [String: BakedTrees] = [:]
        for workload in workloads {
            let names = workload.object.imageNames
            let references = Set(names.map { workload.settings.image ?? rendering.reference(to: $0) ?? $0 })
            guard references.count == 1, let record = values.first(where: { references.contains($0.reference) })
            else { continue }
            for tree in record.trees ?? [] { baked[workload.name, default: [:]][tree.name] = tree }
        }
        return baked
    }
}

extension KubernetesObject {
    /// The images of all containers of its pods, init containers included.
    var imageNames: [String] {
        ["initContainers", "containers"].flatMap { list in
            (self[path: ["spec", "template", "spec", list]]?.array ?? []).compactMap { $0["image"]?.string }
        }
    }
}

extension Session {
    /// Stores the manifests of trees that an image holds, for releases that go with it.
    func store(_ trees: [PackedTree]) async throws {
        for object in trees.flatMap({ $0.objects(namespace: namespace) }) {
            do throws(ClusterError) {
                _ = try await client.send(.create(object, .configMap, namespace: namespace))
            } catch {
                guard error.kind == .alreadyExists else { throw error }
            }
        }
    }

    /// The records of images alone.
    func imageRecords() async throws -> Records {
        let object = try await client.find(.configMap, namespace: namespace, name: RecordNames.images)
        return Records([object].compactMap(\.self))
    }

    /// Writes one image's record; those of other images stay, whoever writes them meanwhile.
    func record(_ record: ImageRecord) async throws {
        let data: JSONValue = ["data": .object([record.key: .string(record.json)])]
        do throws(ClusterError) {
            _ = try await client.send(
                .mergePatch(data, .configMap, namespace: namespace, name: RecordNames.images))
        } catch  where error.kind == .notFound {
            let object = KubernetesObject.record(
                RecordNames.images, namespace: namespace, data: [record.key: record.json])
            do throws(ClusterError) {
                _ = try await client.send(.create(object, .configMap, namespace: namespace))
            } catch  where error.kind == .alreadyExists {
                _ = try await client.send(
                    .mergePatch(data, .configMap, namespace: namespace, name: RecordNames.images))
            }
        }
    }
}
