/// A key of `~/.sds/config` that HySDS's own templates or sdscli read, and what its value must look like.
///
/// Keys outside this table are the operator's own: they go to the templates as they are.
struct KnownKey: Sendable {
    enum Form: Sendable {
        /// One scalar; what YAML made of it is printed as Python prints it.
        case text
        /// Texts separated by commas, or a list of them.
        case texts
        /// One address, or a list of them in cluster mode.
        case addresses
        case integer
        case boolean
        case list
        case mapping
    }

    var form: Form
    var isSecret: Bool
    /// A deprecated key is accepted without effect: what it was for doesn't exist on Kubernetes.
    var isWithoutEffect: Bool

    static let all: [String: KnownKey] = {
        var keys: [String: KnownKey] = [:]
        func add(_ names: String, _ form: Form = .text, isSecret: Bool = false, isWithoutEffect: Bool = false) {
            for name in names.split(separator: " ") {
                keys[String(name)] = KnownKey(form: form, isSecret: isSecret, isWithoutEffect: isWithoutEffect)
            }
        }
        for place in ["MOZART", "MOZART_RABBIT", "MOZART_REDIS", "METRICS", "METRICS_REDIS", "GRQ"] {
            add("\(place)_PVT_IP \(place)_PUB_IP \(place)_FQDN")
        }
        for place in ["MOZART_ES", "METRICS_ES", "GRQ_ES"] {
            add("\(place)_PVT_IP \(place)_PUB_IP \(place)_FQDN", .addresses)
            add("\(place)_ENGINE")
        }
        for place in ["FACTOTUM", "VERDI", "CI"] {
            add("\(place)_PVT_IP \(place)_PUB_IP \(place)_FQDN", .addresses, isWithoutEffect: true)
        }
        add(
            "TYPE VENUE CODE_BUCKET VERDI_PRIMER_IMAGE VERDI_TAG VERDI_UID VERDI_GID AWS_REGION S3_ENDPOINT GS_ENDPOINT"
        )
        add("MOZART_RABBIT_USER OPS_USER OPS_HOME DATASETS_CFG DAV_SERVER DAV_USER")
        add("LDAP_GROUPS", .texts)
        add("FORMER_MOZART_ES_URL FORMER_GRQ_ES_URL FORMER_ES_USER")
        add("FORMER_ES_PASSWORD", isSecret: true)
        add("KEY_FILENAME JENKINS_USER JENKINS_DIR JENKINS_API_USER JENKINS_HOST", isWithoutEffect: true)
        add("MOZART_RABBIT_PASSWORD MOZART_REDIS_PASSWORD METRICS_REDIS_PASSWORD OPS_PASSWORD_HASH", isSecret: true)
        add("JENKINS_API_KEY GIT_OAUTH_TOKEN PUBLIC_GIT_OAUTH_TOKEN DAV_PASSWORD OS_PASSWORD", isSecret: true)
        add("AWS_ACCESS_KEY AWS_SECRET_KEY DATASET_AWS_ACCESS_KEY DATASET_AWS_SECRET_KEY", isSecret: true)
        add("DATASET_AWS_REGION DATASET_S3_ENDPOINT DATASET_S3_WEBSITE_ENDPOINT DATASET_BUCKET OS_USER")
        add("CONTAINER_REGISTRY CONTAINER_REGISTRY_BUCKET PROVES_URL PROVES_IMPORT_URL SYSTEM_JOBS_QUEUE")
        add("MOZART_ES_CLUSTER METRICS_ES_CLUSTER GRQ_ES_CLUSTER DATASET_QUERY_INDEX USER_RULES_DATASET_INDEX")
        add(
            "GRQ_ES_PROTOCOL CONTAINER_ENGINE HOST_VERDI_HOME VERDI_HOME VERDI_SHELL TRIAGE_PARTITION_FORMAT WEBDAV_URL WEBDAV_PORT"
        )
        add("FRONT_MAX_BODY FRONT_PROCESSES RABBITMQ_CONSUMER_TIMEOUT")
        add(
            "LIGHTWEIGHT_JOBS_SPEC PUCCINI_FQDN ADMIN_NAME ADMIN_EMAIL LOCALHOST_KEYFILE LOCALHOST_CRT CA_BUNDLE_CERT CIPHERS"
        )
        add("PELE_DATABASE_URL MOZART_SECRET_KEY GRQ_SECRET_KEY PELE_SECRET_KEY FRONT_PASSWORD", isSecret: true)
        add("RABBITMQ_ERLANG_COOKIE", isSecret: true)
        add("GRQ_PORT GRQ_ES_PORT LOGSTASH_HEAP_SIZE ES_SHARDS ES_REPLICAS FRONT_PROCESSES", .integer)
        add("RABBITMQ_CONSUMER_TIMEOUT WEBDAV_PORT", .integer)
        add("FRONT_MAX_BODY WEBDAV_URL")
        add("MOZART_AWS_ES METRICS_AWS_ES GRQ_AWS_ES ES_CLUSTER_MODE CACHE_READ_ONLY EVICT_CACHE", .boolean)
        add("ENABLE_JOB_LOCKING AUTH SKIP_PUBLISH JENKINS_ENABLED", .boolean)
        add("QUEUES OTHER_VERDI_HOSTS", .list)
        add("ASG STAGING_AREA kubernetes", .mapping)
        return keys
    }()

    /// Whether a value must not be shown: known secrets, and keys whose name says so.
    static func isSecret(_ name: String) -> Bool {
        if let key = all[name] { return key.isSecret }
        let name = name.uppercased()
        return ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "CREDENTIAL"]
            .contains { name.contains($0) }
    }
}
