#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Runs work on a thread whose stack is known to hold the deepest template that the limits allow.
///
/// Parsing and rendering recurse. The stack of the calling thread may be as small as half a megabyte, and a
/// template must fail with the same error on every thread, never with a crash. The caller waits meanwhile.
enum DeepStack {
    /// Twice what the greatest depth was seen to need without optimisation; pages count once they are touched.
    private static let size = 32 << 20

    private final class Work {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    static func run<Result>(_ body: () throws -> Result) throws -> Result {
        var result: Swift.Result<Result, any Error>?
        try withoutActuallyEscaping(body) { body in
            try start(Work { result = Swift.Result { try body() } })
        }
        guard let result else { throw Failure.limit("the thread for the template did nothing") }
        return try result.get()
    }

    private static func start(_ work: Work) throws {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, size)
        let argument = Unmanaged.passRetained(work).toOpaque()
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let status = pthread_create(&thread, &attributes, DeepStack.main, argument)
        guard status == 0 else {
            Unmanaged<Work>.fromOpaque(argument).release()
            throw Failure.limit("no thread can be started for the template: error \(status)")
        }
        #if canImport(Darwin)
            if let thread { pthread_join(thread, nil) }
        #else
            pthread_join(thread, nil)
        #endif
    }

    #if canImport(Darwin)
        private static let main: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { argument in
            Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }
    #else
        private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
        }
    #endif
}
