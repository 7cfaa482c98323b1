/// A node of a YAML file with the line it stands on, which every complaint about it names.
indirect enum YAMLNode: Sendable {
    /// `written` is the text of the file, before YAML 1.1 made something else of it.
    case scalar(ConfigurationValue, written: String, line: Int)
    case sequence([YAMLNode], line: Int)
    case mapping([Member], line: Int)

    struct Member: Sendable {
        var key: String
        var line: Int
        var value: YAMLNode
    }

    var line: Int {
        switch self {
        case .scalar(_, _, let line), .sequence(_, let line), .mapping(_, let line): line
        }
    }

    var value: ConfigurationValue {
        switch self {
        case .scalar(let value, _, _): value
        case .sequence(let elements, _): .list(elements.map(\.value))
        case .mapping(let members, _): .mapping(members.map { .init($0.key, $0.value.value) })
        }
    }

    /// The text of a scalar as the file has it.
    var written: String? {
        if case .scalar(_, let written, _) = self { written } else { nil }
    }

    var members: [Member]? {
        if case .mapping(let members, _) = self { members } else { nil }
    }

    var elements: [YAMLNode]? {
        if case .sequence(let elements, _) = self { elements } else { nil }
    }

    var isNull: Bool {
        if case .scalar(.null, _, _) = self { true } else { false }
    }
}
