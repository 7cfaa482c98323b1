internal import Yams

/// Reads a YAML file into nodes with lines; collects what is wrong with it instead of stopping at the first.
struct YAMLReading {
    /// More nodes than any settings file has: aliases that multiply are stopped here.
    static let nodeLimit = 200_000

    let file: String
    private(set) var errors: [HySDSError] = []
    private var nodesLeft = YAMLReading.nodeLimit

    init(file: String) {
        self.file = file
    }

    /// The members of the file's top mapping; empty for an empty file and after an error.
    mutating func members(of bytes: [UInt8]) -> [YAMLNode.Member] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            complain(line: 1, "expected UTF-8, found other bytes")
            return []
        }
        return members(of: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
    }

    private mutating func members(of text: String) -> [YAMLNode.Member] {
        let root: Node?
        do {
            root = try Parser(yaml: withoutRepeatedKeys(text)).singleRoot()
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            complain(line: context.mark.line, "\(keys.joined(separator: ", ")) is set more than once")
            return []
        } catch YamlError.scanner(let context, let problem, let mark, _), YamlError.parser(
            let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _)
        {
            let about = context.map { ", \($0.text)" } ?? ""
            complain(
                line: mark.line, "not YAML: \(problem)\(about)",
                hint: "quote values that hold ': ', ' #' or begin with @ ` % & *")
            return []
        } catch {
            complain(line: 1, "not YAML: \(error)")
            return []
        }
        guard let root, let node = convert(root) else { return [] }
        if node.isNull { return [] }
        guard let members = node.members else {
            complain(line: node.line, "expected `KEY: value` lines, found \(node.value.described)")
            return []
        }
        return members
    }

    mutating func complain(line: Int, key: String? = nil, _ message: String, hint: String? = nil) {
        let place = "\(file):\(line)"
        errors.append(HySDSError(.configuration, key.map { "\(place): \($0)" } ?? place, message, hint: hint))
    }

    /// Names each key of the top level that is set twice, then drops the later settings so that the rest can be checked.
    private mutating func withoutRepeatedKeys(_ text: String) -> String {
        var first: [Substring: Int] = [:]
        var kept: [Substring] = []
        var isDropping = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let key = topLevelKey(line) {
                isDropping = first[key] != nil
                if let earlier = first[key] {
                    complain(
                        line: index + 1, key: String(key), "set a second time, first in line \(earlier)",
                        hint: "keep one of the two")
                } else {
                    first[key] = index + 1
                }
            } else if let character = line.first, character != " ", character != "\t", character != "-" {
                isDropping = false
            }
            kept.append(isDropping ? "" : line)
        }
        return kept.joined(separator: "\n")
    }

    private func topLevelKey(_ line: Substring) -> Substring? {
        guard let character = line.first, character.isLetter || character == "_", let colon = line.firstIndex(of: ":")
        else { return nil }
        let key = line[..<colon]
        let after = line[line.index(after: colon)...]
        guard key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "." }),
            after.isEmpty || after.first == " " || after.first == "\t" || after.first == "\r"
        else { return nil }
        return key
    }

    private mutating func convert(_ node: Node) -> YAMLNode? {
        nodesLeft -= 1
        guard nodesLeft > 0 else {
            if nodesLeft == 0 { complain(line: node.mark?.line ?? 1, "more than \(Self.nodeLimit) values") }
            return nil
        }
        let line = node.mark?.line ?? 1
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let tag = scalar.tag.description
            let value: ConfigurationValue =
                isPlain && tag != "tag:yaml.org,2002:str" && tag != "!"
                ? PlainScalar.resolve(scalar.string) : .text(scalar.string)
            return .scalar(value, written: scalar.string, line: line)
        case .sequence(let sequence):
            return .sequence(sequence.compactMap { convert($0) }, line: line)
        case .mapping(let mapping):
            return .mapping(members(of: mapping, line: line), line: line)
        case .alias:
            complain(line: line, "expected a value, found an alias without its anchor")
            return nil
        }
    }

    private mutating func members(of mapping: Node.Mapping, line: Int) -> [YAMLNode.Member] {
        var members: [YAMLNode.Member] = []
        var merged: [YAMLNode.Member] = []
        for (key, value) in mapping {
            let keyLine = key.mark?.line ?? line
            guard let name = key.scalar?.string else {
                complain(line: keyLine, "expected a name before the colon, found a list or a mapping")
                continue
            }
            guard let value = convert(value) else { continue }
            if name == "<<", key.scalar?.style == .plain {
                merged += (value.elements ?? [value]).flatMap { $0.members ?? [] }
            } else {
                members.append(.init(key: name, line: keyLine, value: value))
            }
        }
        for member in merged where !members.contains(where: { $0.key == member.key }) {
            members.append(member)
        }
        return members
    }
}
