internal import Yams

extension KubernetesError {
    /// What the YAML parser says, as one line with file and line number.
    init(yaml error: any Error, text: String, file: String) {
        guard let error = error as? YamlError else {
            self.init(.invalidManifest, file, String(describing: error))
            return
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let lines = text.split(separator: "\n", maxSplits: mark.line, omittingEmptySubsequences: false)
            let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : ""
            let isTab = line.drop { $0 == " " }.first == "\t"
            self.init(
                .invalidManifest, "\(file):\(mark.line)", isTab ? "a tab in the indentation" : problem,
                hint: isTab ? "YAML is indented by spaces" : nil)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "\"\($0)\"" }.joined(separator: ", ")
            self.init(.invalidManifest, "\(file):\(context.mark.line)", "key \(keys) occurs twice")
        case .reader(let problem, _, let value, _):
            self.init(.invalidManifest, file, "\(problem) (0x\(String(value, radix: 16)))")
        default:
            self.init(.invalidManifest, file, "not YAML")
        }
    }
}
