/// A piece of an answer on its way to the channel.
enum ServerPart: Sendable {
    case head(status: Int, headers: [(name: String, value: String)])
    case body([UInt8])
    case end
}
