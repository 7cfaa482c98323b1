import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A TCP server on this machine whose every connection is handled by a closure, on a thread of its own.
final class LoopbackServer: Sendable {
    /// One accepted connection, with blocking calls.
    struct Connection: Sendable {
        let socket: Int32

        /// Nil at the end.
        func read(_ limit: Int = 65536) -> [UInt8]? {
            var buffer = [UInt8](repeating: 0, count: limit)
            let count = recv(socket, &buffer, limit, 0)
            return count > 0 ? Array(buffer.prefix(count)) : nil
        }

        /// A request's head with its body, if it has one of known length; nil when the client has gone.
        func request() -> String? {
            var bytes: [UInt8] = []
            while true {
                let text = String(decoding: bytes, as: UTF8.self)
                if let end = text.firstRange(of: "\r\n\r\n") {
                    let length = text[..<end.lowerBound].split(separator: "\r\n").lazy
                        .filter { $0.lowercased().hasPrefix("content-length:") }
                        .compactMap { Int($0.split(separator: " ").last ?? "") }.first
                    if text[end.upperBound...].utf8.count >= length ?? 0 { return text }
                }
                guard let more = read() else { return nil }
                bytes += more
            }
        }

        func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

        @discardableResult
        func write(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        @discardableResult
        func write(_ text: String) -> Bool { write(Array(text.utf8)) }

        func answer(_ status: String, headers: [String] = [], body: String = "") {
            let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
            write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        }

        /// The client gets a reset instead of an orderly end.
        func reset() {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        }
    }

    let port: Int
    private let socket: Int32
    private let accepted = Mutex(0)

    init(_ handle: @escaping @Sendable (Connection) -> Void) {
        #if canImport(Glibc)
            socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                precondition(bind(socket, address, length) == 0 && listen(socket, 64) == 0, "no loopback socket")
                getsockname(socket, address, &length)
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
        Self.thread { [weak self] in
            while true {
                let client = accept(socket, nil, nil)
                guard client >= 0 else { return }
                self?.accepted.withLock { $0 += 1 }
                Self.thread {
                    handle(Connection(socket: client))
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    var connections: Int { accepted.withLock(\.self) }
    var url: String { "http://127.0.0.1:\(port)" }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body)).toOpaque()
        #if canImport(Glibc)
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { context in
                    if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
                    return nil
                }, work)
            pthread_detach(thread)
        #else
            var thread: pthread_t?
            pthread_create(
                &thread, nil,
                { context in
                    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                    return nil
                }, work)
            if let thread { pthread_detach(thread) }
        #endif
    }
}
