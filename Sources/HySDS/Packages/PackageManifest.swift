package import Kubernetes

/// What `manifest.json` of a package says: a container, its job specifications and their HySDS-IOs, as they lie in
/// Elasticsearch, but with file names where the addresses of images stand.
///
/// sdscli's `pkg.py` (1.3.4, and 2.1.1 for more than one architecture) writes and reads it; a container without
/// any image comes from a registry.
package struct PackageManifest: Sendable, Equatable {
    package var container: JSONValue
    package var jobSpecs: [JSONValue]
    package var hysdsIOs: [JSONValue]
    /// By store, `mozart` and `grq`: read from packages made by hand; an export has none.
    package var userRules: [String: [JSONValue]]

    package init(
        container: JSONValue, jobSpecs: [JSONValue] = [], hysdsIOs: [JSONValue] = [],
        userRules: [String: [JSONValue]] = [:]
    ) {
        self.container = container
        self.jobSpecs = jobSpecs
        self.hysdsIOs = hysdsIOs
        self.userRules = userRules
    }

    package var id: String { container["id"]?.string ?? "" }

    /// `container-hello:v1` as the name of its package's folder.
    package static func folder(of id: String) -> String { id.replacing(":", with: "-") + ".sdspkg" }

    package var json: JSONValue {
        ["containers": container, "job_specs": .array(jobSpecs), "hysds_ios": .array(hysdsIOs)]
    }
}

/// The indices of mozart's Elasticsearch that packages are made of.
package enum PackageIndex {
    package static let store = "mozart-es"
    package static let containers = "containers"
    package static let jobSpecs = "job_specs"
    package static let hysdsIOs = ["hysds_ios-mozart", "hysds_ios-grq"]

    /// Where a HySDS-IO belongs: `component` says mozart or figaro for jobs about jobs; all others are about datasets.
    package static func hysdsIOs(for document: JSONValue) -> String {
        let component = document["component"]?.string ?? "tosca"
        return hysdsIOs[["mozart", "figaro"].contains(component) ? 0 : 1]
    }
}
