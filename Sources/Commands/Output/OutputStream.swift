internal import Foundation
internal import Synchronization

/// Writing to stdout and stderr without dying of a full disk or a reader that went away.
enum OutputStream {
    /// Why stdout took no more: what the program ends with, when nothing worse happened.
    private static let failure = Mutex<Int32>(0)
    private static let count = Mutex(0)

    /// 0, or an error number.
    static var stdoutFailure: Int32 { failure.withLock { $0 } }
    /// Whether anything was written to stdout.
    static var hasOutput: Bool { count.withLock { $0 } > 0 }

    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        if descriptor == STDOUT_FILENO { count.withLock { $0 += bytes.count } }
        var written = 0
        while written < bytes.count {
            let result = bytes.withUnsafeBytes { buffer in
                Foundation.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if result > 0 {
                written += result
            } else if errno != EINTR && errno != EAGAIN {
                if descriptor == STDOUT_FILENO { failure.withLock { $0 = errno } }
                return
            }
        }
    }

    /// The exit code of a program whose output got lost: 141 when nobody reads it any more, as a shell says.
    static func exitCode(_ code: Int32) -> Int32 {
        let number = stdoutFailure
        guard code == 0, number != 0 else { return code }
        guard number != EPIPE else { return 128 + SIGPIPE }
        Console.standardError("error: stdout can't be written: \(String(cString: strerror(number)))")
        return 1
    }
}
