package import Cluster
internal import HySDS

/// What every verb works with: the site, the cluster, who asks, and how it may go about it.
package struct Session: Sendable {
    package struct Options: Sendable {
        package var isDryRun = false
        /// How long to wait for the lock when another operator holds it.
        package var lockWait: Duration = .seconds(60)
        /// One deadline for the verb as a whole.
        package var timeout: Duration = .seconds(900)
        /// sdscli's `-c`: configuration only, the code stays as it is in the cluster.
        package var isConfigurationOnly = false
        /// Changes of the stores' own objects are applied too.
        package var appliesStores = false

        package init() {}
    }

    package let site: Site
    package let client: ClusterClient
    package let namespace: String
    package let identity: Identity
    package let options: Options
    package let emit: EventSink

    /// The namespace, and the second one when workers of the configuration live there.
    package var namespaces: [String] {
        site.topology.usesJobsNamespace ? [namespace, site.configuration.kubernetes.jobsNamespace] : [namespace]
    }

    package init(
        site: Site, client: ClusterClient, namespace: String, identity: Identity, options: Options,
        emit: @escaping EventSink
    ) {
        self.site = site
        self.client = client
        self.namespace = namespace
        self.identity = identity
        self.options = options
        self.emit = emit
    }
}

/// Who runs the program: recorded with every change.
package struct Identity: Hashable, Sendable, Codable {
    package var user: String
    package var host: String
    /// The verb and what it was asked to act on: `update grq`.
    package var command: String

    package init(user: String, host: String, command: String) {
        self.user = user
        self.host = host
        self.command = command
    }
}
