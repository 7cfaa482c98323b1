internal import Glibc

/// An open folder: whatever is done through it happens in that folder, wherever links of its path lead meanwhile.
///
/// No step follows a link.
final class FolderHandle: Sendable {
    let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Of the operator's own path: its links are followed.
    static func open(_ path: String) throws(OperationError) -> FolderHandle {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        return FolderHandle(descriptor)
    }

    /// Nil unless it is a folder.
    func folder(_ name: ArraySlice<UInt8>) -> FolderHandle? {
        let descriptor = openat(
            self.descriptor, FolderHandle.text(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return descriptor >= 0 ? FolderHandle(descriptor) : nil
    }

    func folder(at path: some Collection<ArraySlice<UInt8>>) -> FolderHandle? {
        var handle = self
        for part in path {
            guard let next = handle.folder(part) else { return nil }
            handle = next
        }
        return handle
    }

    /// The type's bits of what is called so; nil for nothing.
    func type(of name: ArraySlice<UInt8>) -> mode_t? {
        var status = stat()
        guard fstatat(descriptor, FolderHandle.text(name), &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return status.st_mode & S_IFMT
    }

    /// What is called so; nil for nothing.
    func status(of name: ArraySlice<UInt8>) -> stat? {
        var status = stat()
        return fstatat(descriptor, FolderHandle.text(name), &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// Where a link of this name leads; nil for anything else.
    func target(of name: ArraySlice<UInt8>) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlinkat(descriptor, FolderHandle.text(name), $0, text.count) } ?? -1
            }
        }
        return count >= 0 ? Array(buffer.prefix(count)) : nil
    }

    /// A file to read, or to go on writing; nil for anything else.
    func file(_ name: ArraySlice<UInt8>, _ access: Int32 = O_RDONLY) -> Int32? {
        let file = openat(descriptor, FolderHandle.text(name), access | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            return nil
        }
        return file
    }

    static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, named name: [UInt8]) throws(OperationError) {
        var done = 0
        while done < bytes.count {
            let written = Glibc.write(file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            guard written >= 0 else {
                if errno == EINTR { continue }
                throw failure(name[...])
            }
            done += written
        }
    }

    static func set(_ mode: UInt16, time seconds: Int, of file: Int32, named name: [UInt8]) throws(OperationError) {
        let time = timespec(tv_sec: seconds, tv_nsec: 0)
        guard fchmod(file, mode_t(mode)) == 0, futimens(file, [time, time]) == 0 else { throw failure(name[...]) }
    }

    /// - Returns: whether a file of this name had another mode or time.
    func correct(_ name: ArraySlice<UInt8>, _ mode: UInt16, _ time: Int) throws(OperationError) -> Bool {
        guard let file = file(name) else { throw FolderHandle.failure(name) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw FolderHandle.failure(name) }
        guard status.st_mode & 0o7777 != mode_t(mode) || status.st_mtim.tv_sec != time else { return false }
        try FolderHandle.set(mode, time: time, of: file, named: Array(name))
        return true
    }

    func make(_ name: ArraySlice<UInt8>) throws(OperationError) {
        guard mkdirat(descriptor, FolderHandle.text(name), 0o700) == 0 else { throw FolderHandle.failure(name) }
    }

    /// A new file to write to, 0600; never one that is there already.
    func create(_ name: ArraySlice<UInt8>) throws(OperationError) -> Int32 {
        let file = openat(
            descriptor, FolderHandle.text(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FolderHandle.failure(name) }
        return file
    }

    func link(_ name: ArraySlice<UInt8>, to target: [UInt8]) throws(OperationError) {
        guard symlinkat(FolderHandle.text(target[...]), descriptor, FolderHandle.text(name)) == 0 else {
            throw FolderHandle.failure(name)
        }
    }

    func hardLink(
        _ name: ArraySlice<UInt8>, to other: ArraySlice<UInt8>, in folder: FolderHandle
    ) throws(OperationError) {
        guard linkat(folder.descriptor, FolderHandle.text(other), descriptor, FolderHandle.text(name), 0) == 0 else {
            throw FolderHandle.failure(name)
        }
    }

    func setMode(_ mode: UInt16, of name: ArraySlice<UInt8>) throws(OperationError) {
        guard fchmodat(descriptor, FolderHandle.text(name), mode_t(mode), 0) == 0 else {
            throw FolderHandle.failure(name)
        }
    }

    func setTime(_ seconds: Int, of name: ArraySlice<UInt8>) throws(OperationError) {
        let time = timespec(tv_sec: seconds, tv_nsec: 0)
        guard utimensat(descriptor, FolderHandle.text(name), [time, time], AT_SYMLINK_NOFOLLOW) == 0 else {
            throw FolderHandle.failure(name)
        }
    }

    func move(_ name: ArraySlice<UInt8>, to folder: FolderHandle, as other: ArraySlice<UInt8>) throws(OperationError) {
        guard renameat(descriptor, FolderHandle.text(name), folder.descriptor, FolderHandle.text(other)) == 0 else {
            throw FolderHandle.failure(other)
        }
    }

    func remove(_ name: ArraySlice<UInt8>) {
        guard type(of: name) == S_IFDIR else {
            unlinkat(descriptor, FolderHandle.text(name), 0)
            return
        }
        fchmodat(descriptor, FolderHandle.text(name), 0o700, 0)
        if let inner = folder(name) { for member in inner.names() { inner.remove(member[...]) } }
        unlinkat(descriptor, FolderHandle.text(name), AT_REMOVEDIR)
    }

    func names() -> [[UInt8]] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let directory = fdopendir(copy) else {
            if copy >= 0 { close(copy) }
            return []
        }
        defer { closedir(directory) }
        var names: [[UInt8]] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                [UInt8](bytes[..<(bytes.firstIndex(of: 0) ?? bytes.count)])
            }
            if name != [0x2e] && name != [0x2e, 0x2e] { names.append(name) }
        }
        return names
    }

    private static func text(_ name: ArraySlice<UInt8>) -> [CChar] {
        name.map { CChar(bitPattern: $0) } + [0]
    }

    private static func failure(_ name: ArraySlice<UInt8>) -> OperationError {
        failure(Array(name).asName)
    }

    private static func failure(_ name: String) -> OperationError {
        OperationError(.failed, "\(name.printable): \(String(cString: strerror(errno)))")
    }
}
