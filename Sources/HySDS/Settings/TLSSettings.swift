/// `kubernetes.tls`: HySDS 6's line, where the services speak TLS, and who makes their certificates.
package struct TLSSettings: Hashable, Sendable {
    package enum Source: String, Hashable, Sendable, CaseIterable {
        /// sds itself, with an authority of the namespace's own.
        case sds
        /// A Secret that the operator keeps, one for all.
        case given
        case certManager = "cert-manager"
    }

    package var isEnabled = false
    package var source = Source.sds
    /// With `given`: holds `tls.crt`, `tls.key` and `ca.crt`.
    package var secret = "sds-tls"
    /// With cert-manager: `NAME` of an Issuer, or `ClusterIssuer/NAME`.
    package var issuer = ""
    /// How long certificates of servers are valid.
    package var days = 397
    package var clusterDomain = "cluster.local"

    package init() {}

    /// `sds update` renews what is valid for fewer days than this.
    package var renewalDays: Int { min(60, max(1, days / 3)) }

    /// An authority of sds lives ten years.
    package static let authorityDays = 3650
    /// `sds status` warns this many days before a certificate expires.
    package static let warningDays = 30
}

extension TLSSettings {
    init(reading reader: inout SettingsReader) {
        isEnabled = reader.boolean("enabled") ?? true
        source = reader.choice("certificates", Source.self) ?? source
        secret = reader.name("secret") ?? secret
        issuer = reader.text("issuer") ?? ""
        days = reader.count("days", atLeast: 1) ?? days
        clusterDomain = reader.text("cluster-domain") ?? clusterDomain
        if source == .certManager && issuer.isEmpty {
            reader.complain(
                reader.line(of: "certificates"), "\(reader.path).issuer",
                "expected the Issuer that cert-manager asks, found nothing", hint: "NAME, or ClusterIssuer/NAME")
        }
    }
}
