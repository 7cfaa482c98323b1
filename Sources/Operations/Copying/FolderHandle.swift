internal import Glibc

/// An open folder: whatever is done through it happens in that folder, wherever links of its path lead meanwhile.
///
/// No step follows a link.
final class FolderHandle {
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
