import FoundationEssentials

extension JSONValue {
    /// - Throws: `KubernetesError` for anything that isn't JSON, with the place.
    package init(parsing bytes: some Sequence<UInt8>) throws {
        // In one piece already, as nearly always: no copy.
        let value = try bytes.withContiguousStorageIfAvailable { try JSONReader.value($0) }
        self = try value ?? ContiguousArray(bytes).withUnsafeBufferPointer { try JSONReader.value($0) }
    }

    /// The value as JSON text: sorted keys, so equal values give equal bytes.
    package func serialized(pretty: Bool = false) -> [UInt8] {
        guard pretty else {
            var writer = JSONWriter()
            writer.write(self)
            return writer.bytes
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        // An enum of JSON's own kinds always encodes, but for NaN and infinity, which no parser can have made.
        guard let data = try? encoder.encode(self) else { preconditionFailure("a number that JSON doesn't know") }
        return [UInt8](data)
    }
}
