internal import Crypto
internal import FoundationEssentials
internal import Synchronization

/// What this machine remembers of a source's earlier copies, so that nothing is read twice: the digests of its files,
/// and for each pod the fingerprint of its copy when it was compared last.
///
/// A digest counts while its file's size, inode and times are the same; a pod's fingerprint (all names, modes, sizes,
/// inodes and times there, change times included, which nobody can set) while the pod itself finds the same again.
/// Without the memory, or when it is damaged, everything is read and compared.
final class CopyMemory: Sendable {
    /// The source as it was copied last.
    struct Snapshot: Sendable {
        var entries: [CopiedEntry]
        var digests: [ContentDigest?]
        var state: ContentDigest

        /// What a pod that holds it holds of these entries, by index.
        func matched(to others: [CopiedEntry]) -> [Int: UploadPlan.Held] {
            var positions: [[UInt8]: Int]?
            var held: [Int: UploadPlan.Held] = [:]
            held.reserveCapacity(others.count)
            for (index, other) in others.enumerated() {
                var position = index < entries.count && entries[index].path == other.path ? index : nil
                if position == nil {
                    if positions == nil {
                        positions = Dictionary(
                            uniqueKeysWithValues: entries.enumerated().map { ($0.element.path, $0.offset) })
                    }
                    position = positions?[other.path]
                }
                guard let position else { continue }
                let entry = entries[position]
                held[index] = UploadPlan.Held(
                    kind: entry.kind, mode: entry.mode, size: entry.size, time: entry.time, digest: digests[position],
                    target: entry.kind == .link ? entry.target : nil)
            }
            return held
        }
    }

    private struct Pods {
        var records: [String: (fingerprint: ContentDigest, state: ContentDigest)?] = [:]
    }

    /// A file that changed so shortly before it was looked at may change again without a new time: nanoseconds.
    private static let uncertain: Int64 = 100_000_000

    private let folder: String
    private let file: String
    private let snapshot: Snapshot?
    private let pods = Mutex(Pods())

    /// - Parameter folder: where it lies; made when something is to be remembered.
    init(folder: String, source: String) {
        self.folder = folder
        file = "\(folder)/\(CopyMemory.name(of: source)).source"
        snapshot = CopyMemory.load(file)
    }

    private static func name(of text: String) -> String {
        String(ContentDigest(of: Array(text.utf8)).description.prefix(32))
    }

    /// Of files that are as they were, by entry.
    func digests(for entries: [CopiedEntry]) -> [ContentDigest?] {
        guard let snapshot else { return Array(repeating: nil, count: entries.count) }
        let held = snapshot.matched(to: entries)
        let stamps = Dictionary(
            zip(snapshot.entries.lazy.map(\.path), snapshot.entries), uniquingKeysWith: { first, _ in first })
        return entries.enumerated().map { index, entry in
            guard entry.kind == .file, let other = held[index], let stamp = stamps[entry.path]?.stamp,
                other.size == entry.size, stamp == entry.stamp
            else { return nil }
            return other.digest
        }
    }

    /// What a pod holds that finds this fingerprint; nil when that isn't what the source was then.
    func held(by key: String, _ fingerprint: ContentDigest) -> Snapshot? {
        guard let record = record(of: key), let snapshot, record.fingerprint == fingerprint,
            record.state == snapshot.state
        else { return nil }
        return snapshot
    }

    /// Whether the source is, to the last stamp, what was copied last.
    func isUnchanged(_ entries: [CopiedEntry]) -> Bool { snapshot?.entries == entries }

    /// What a pod finds that needs nothing of an unchanged source.
    func expected(by key: String) -> ContentDigest? {
        knows(key) ? record(of: key)?.fingerprint : nil
    }

    /// Whether there is a fingerprint to compare with at all.
    func knows(_ key: String) -> Bool {
        guard let record = record(of: key), let snapshot else { return false }
        return record.state == snapshot.state
    }

    func fingerprint(of key: String, _ state: ContentDigest) -> ContentDigest? {
        guard let record = record(of: key), record.state == state else { return nil }
        return record.fingerprint
    }

    private func record(of key: String) -> (fingerprint: ContentDigest, state: ContentDigest)? {
        let path = self.path(of: key)
        return pods.withLock { pods in
            if let known = pods.records[key] { return known }
            var record: (fingerprint: ContentDigest, state: ContentDigest)?
            if let bytes = FileManager.default.contents(atPath: path).map(Array.init), bytes.count == 64 {
                record = bytes.withUnsafeBytes {
                    (ContentDigest(raw: .init(rebasing: $0[..<32])), ContentDigest(raw: .init(rebasing: $0[32...])))
                }
            }
            pods.records[key] = record
            return record
        }
    }

    private func path(of key: String) -> String { "\(folder)/\(CopyMemory.name(of: file + key)).pod" }

    /// A memory that can't be kept costs time only.
    func remember(_ fingerprint: ContentDigest, of key: String, _ state: ContentDigest) {
        pods.withLock { $0.records[key] = (fingerprint, state) }
        let bytes = fingerprint.withBytes { Array($0) } + state.withBytes { Array($0) }
        write(bytes, to: path(of: key))
    }

    /// - Parameter start: when the entries were looked at, in nanoseconds since 1970.
    func remember(_ entries: [CopiedEntry], _ digests: [ContentDigest?], state: ContentDigest, start: Int64) {
        guard snapshot?.state != state || snapshot?.entries != entries else { return }
        var writer = SnapshotBytes(state)
        for (entry, digest) in zip(entries, digests) {
            var entry = entry
            if entry.stamp.changed > start - CopyMemory.uncertain || entry.stamp.modified > start - CopyMemory.uncertain
            {
                // Its digest counts for the pods, but the file is read again next time.
                entry.stamp.inode = 0
            }
            writer.append(entry, digest)
        }
        write(writer.finished(), to: file)
    }

    private func write(_ bytes: [UInt8], to path: String) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            // Nothing depends on it.
        }
    }

    private static func load(_ file: String) -> Snapshot? {
        guard let data = FileManager.default.contents(atPath: file) else { return nil }
        return SnapshotBytes.read(Array(data))
    }

    /// Takes away what no copy has used for long.
    ///
    /// - Parameter days: older ones go.
    static func prune(_ folder: String, days: Double = 30) {
        let files = FileManager.default
        guard let names = try? files.contentsOfDirectory(atPath: folder), names.count > 200 else { return }
        let limit = Date().addingTimeInterval(-days * 86_400)
        for name in names {
            let path = "\(folder)/\(name)"
            guard let date = (try? files.attributesOfItem(atPath: path))?[.modificationDate] as? Date, date < limit
            else { continue }
            try? files.removeItem(atPath: path)
        }
    }
}

/// The file of a snapshot: fixed fields in the machine's byte order, with a SHA-256 of all at the end.
private struct SnapshotBytes {
    private static let magic = Array("sds-copy 1\n".utf8)

    private var bytes: [UInt8] = magic

    init(_ state: ContentDigest) {
        state.withBytes { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ entry: CopiedEntry, _ digest: ContentDigest?) {
        put(UInt16(entry.path.count))
        bytes += entry.path
        put(UInt16(entry.target.count))
        bytes += entry.target
        bytes.append(entry.kind.rawValue)
        put(entry.mode)
        put(Int64(entry.size))
        put(Int64(entry.time))
        put(entry.stamp.device)
        put(entry.stamp.inode)
        put(entry.stamp.modified)
        put(entry.stamp.changed)
        bytes.append(digest == nil ? 0 : 1)
        digest?.withBytes { bytes.append(contentsOf: $0) }
    }

    private mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    consuming func finished() -> [UInt8] {
        bytes + ContentDigest(of: bytes).withBytes { Array($0) }
    }

    /// Nil for anything but a whole file.
    static func read(_ file: [UInt8]) -> CopyMemory.Snapshot? {
        guard file.count >= magic.count + 64, file.starts(with: magic) else { return nil }
        let end = file.count - 32
        let isWhole = file.withUnsafeBytes { all in
            ContentDigest(SHA256.hash(data: all[..<end])) == ContentDigest(raw: .init(rebasing: all[end...]))
        }
        guard isWhole else { return nil }
        return file.withUnsafeBytes { all in
            var offset = magic.count
            func take<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
                let size = MemoryLayout<Number>.size
                guard offset + size <= end else { return nil }
                defer { offset += size }
                return all.loadUnaligned(fromByteOffset: offset, as: type)
            }
            func take(_ count: Int) -> UnsafeRawBufferPointer? {
                guard count >= 0, offset + count <= end else { return nil }
                defer { offset += count }
                return UnsafeRawBufferPointer(rebasing: all[offset..<offset + count])
            }
            guard let state = take(32).map({ ContentDigest(raw: $0) }) else { return nil }
            var snapshot = CopyMemory.Snapshot(entries: [], digests: [], state: state)
            while offset < end {
                guard let path = take(UInt16.self).flatMap({ take(Int($0)) }),
                    let target = take(UInt16.self).flatMap({ take(Int($0)) }),
                    let kind = take(UInt8.self).flatMap(CopiedEntry.Kind.init(rawValue:)), let mode = take(UInt16.self),
                    let size = take(Int64.self), let time = take(Int64.self), let device = take(UInt64.self),
                    let inode = take(UInt64.self), let modified = take(Int64.self), let changed = take(Int64.self),
                    let hasDigest = take(UInt8.self)
                else { return nil }
                var entry = CopiedEntry(path: Array(path), kind: kind, mode: mode)
                entry.target = Array(target)
                entry.size = Int(size)
                entry.time = Int(time)
                entry.stamp = CopiedEntry.Stamp(device: device, inode: inode, modified: modified, changed: changed)
                snapshot.entries.append(entry)
                var digest: ContentDigest?
                if hasDigest == 1 {
                    guard let raw = take(32) else { return nil }
                    digest = ContentDigest(raw: raw)
                }
                snapshot.digests.append(digest)
            }
            return snapshot
        }
    }
}
