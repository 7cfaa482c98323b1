internal import Commands

@main
enum Entry {
    static func main() async {
        await EntryPoint.main()
    }
}
