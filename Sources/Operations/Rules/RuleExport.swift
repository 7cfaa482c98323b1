internal import FoundationEssentials
internal import Glibc
internal import HySDS
internal import Kubernetes

/// Writes all rules into a file as sdscli does, a page at a time.
package struct RuleExport: Sendable {
    private let path: String

    package init(to path: String) {
        self.path = path
    }

    package func callAsFunction(_ session: Session) async throws -> RuleExportReport {
        let path = path
        return try await session.withAccess { access in
            let store = SearchStore(access, "mozart-es")
            let draft = try DraftFile(path)
            var counts: [RuleStore: Int] = [:]
            // As json.dump with sorted keys: grq comes first.
            let kinds = RuleStore.allCases.sorted { $0.rawValue < $1.rawValue }
            for (position, kind) in kinds.enumerated() {
                try draft.write(Array("\(position == 0 ? "{" : ",")\n  \"\(kind.rawValue)\": [".utf8))
                var count = 0
                try await RuleScan(store, kind).pages { hits in
                    for hit in hits {
                        try draft.write(Array((count == 0 ? "\n    " : ",\n    ").utf8))
                        try draft.write(PythonJSON.text(hit.source, depth: 2))
                        count += 1
                    }
                }
                try draft.write(Array((count == 0 ? "]" : "\n  ]").utf8))
                counts[kind] = count
            }
            try draft.write(Array("\n}".utf8))
            try draft.finish()
            return RuleExportReport(file: path, mozart: counts[.mozart] ?? 0, grq: counts[.grq] ?? 0)
        }
    }
}

package struct RuleExportReport: Sendable, Encodable, Equatable {
    package let apiVersion = "sds/v1"
    package let kind = "RuleExport"
    package let file: String
    /// How many rules of each kind.
    package let mozart: Int
    package let grq: Int
}
