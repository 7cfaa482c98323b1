internal import Foundation
internal import Operations

/// What mozart's and pele's login compare a password with: its SHA-224, unsalted, which none of our libraries has.
enum LoginHash {
    /// - Returns: 56 hexadecimal digits; openssl gets the password on stdin.
    /// - Throws: `OperationError` when there is no openssl.
    static func of(_ password: String) throws(OperationError) -> String {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl", "dgst", "-sha224", "-r"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        var text = ""
        do {
            try process.run()
            try input.fileHandleForWriting.write(contentsOf: Data(password.utf8))
            try input.fileHandleForWriting.close()
            text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        } catch {}
        process.waitUntilExit()
        let digest = text.prefix { $0.isHexDigit }
        guard process.terminationStatus == 0, digest.count == 56 else {
            throw OperationError(
                .failed, "the login's password can't be hashed: openssl is missing or fails",
                hint: "install openssl, or set OPS_PASSWORD_HASH (SHA-224 of the password) in the file yourself")
        }
        return String(digest)
    }
}
