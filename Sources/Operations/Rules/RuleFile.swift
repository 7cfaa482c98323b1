internal import FoundationEssentials
internal import Glibc
internal import HySDS
internal import Kubernetes

/// A file of `rules export`, read rule by rule: `{"mozart": [...], "grq": [...]}`.
struct RuleFile: ~Copyable {
    struct Entry {
        let store: RuleStore
        let rule: UserRule
    }

    private static let chunk = 128 << 10
    private static let shownFaults = 20

    private let path: String
    private let descriptor: Int32
    private var elements = JSONElements()
    private var pending: [Entry] = []
    private var faults: [String] = []
    private var buffer = [UInt8](repeating: 0, count: RuleFile.chunk)
    private var isAtEnd = false

    /// - Throws: `OperationError` (usage) when it can't be read.
    init(_ path: String) throws(OperationError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RuleFile.failure(path) }
    }

    deinit { close(descriptor) }

    /// The outer object's keys that are no rules, once all was read: sdscli passes over them, too.
    var strangers: [String] { elements.keys.filter { RuleStore(rawValue: $0) == nil } }

    /// The next rule in the file's order; nil at the end.
    ///
    /// - Throws: at the first bad rule `OperationError` (usage) that names it and all that follow, by line, index and key.
    mutating func next() throws -> Entry? {
        while pending.isEmpty, !isAtEnd { try readOn() }
        if faults.isEmpty, !pending.isEmpty { return pending.removeFirst() }
        while !isAtEnd { try readOn() }
        guard faults.isEmpty else { throw refusal }
        return nil
    }

    private mutating func readOn() throws {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw RuleFile.failure(path) }
        var found: [JSONElements.Element] = []
        do {
            try elements.take(buffer[..<count]) { found.append($0) }
            if count == 0 { try elements.finish() }
        } catch let error as KubernetesError {
            throw OperationError(
                .usage, "\(path): \(error.subject): \(error.message)",
                hint: "expected what 'sds rules export' writes: {\"mozart\": [...], \"grq\": [...]}")
        }
        for element in found where RuleStore(rawValue: element.key) != nil { take(element) }
        guard count == 0 else { return }
        isAtEnd = true
        checkKeys()
    }

    private mutating func take(_ element: JSONElements.Element) {
        guard let store = RuleStore(rawValue: element.key), let index = element.index else {
            return faults.append("\(path):\(element.line): \(element.key): expected a list of rules")
        }
        let place = "\(path):\(element.line): \(element.key)[\(index)]"
        do {
            let value = try JSONValue(parsing: element.text)
            faults += UserRule.faults(value).map { fault in
                "\(place)\(fault.key.isEmpty ? "" : ".\(fault.key)"): \(fault.message)"
            }
            if faults.isEmpty, let content = value.object {
                pending.append(Entry(store: store, rule: UserRule(content)))
            }
        } catch {
            faults.append("\(place): \((error as? KubernetesError)?.message ?? "\(error)")")
        }
    }

    private mutating func checkKeys() {
        for store in RuleStore.allCases {
            switch elements.keys.count(where: { $0 == store.rawValue }) {
            case 0:
                faults.append(
                    "\(path): the key '\(store.rawValue)' is missing; expected a list of rules, which may be empty")
            case 1: continue
            default: faults.append("\(path): the key '\(store.rawValue)' stands there more than once")
            }
        }
    }

    private var refusal: OperationError {
        let more = faults.count - RuleFile.shownFaults
        let lines = faults.prefix(RuleFile.shownFaults) + (more > 0 ? ["and \(more) more"] : [])
        return OperationError(
            .usage, lines.joined(separator: "\n"), hint: "nothing was written: correct the file first")
    }

    private static func failure(_ path: String) -> OperationError {
        OperationError(.usage, "cannot read \(path): \(String(cString: strerror(errno)))")
    }
}
