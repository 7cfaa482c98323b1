/// The arguments of a call, a filter or a test.
struct ArgumentList: Sendable {
    var positional: [Expression] = []
    var named: [(name: String, value: Expression)] = []
    var unpackedList: Expression?
    var unpackedDictionary: Expression?

    var expressions: [Expression] {
        positional + named.map(\.value) + [unpackedList, unpackedDictionary].compactMap { $0 }
    }
}
