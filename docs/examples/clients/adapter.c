/*
 * An adapter: puts the translate function of an emulator behind the text dialect (docs/protocol.md), so that the
 * conformance vectors can be run against it. Requests come from standard input, a line each, and each is answered by
 * one line on standard output. Part 1 is a toy; put your emulator in its place. Part 2 can stay as it is.
 *
 *   cc -o adapter adapter.c
 *   vtd conform --text --target ./adapter
 *
 * POSIX and the C library are all that it needs.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* ---- Part 1: the emulator ------------------------------------------------------------------------------------- */

/* What this unit is. A unit whose capabilities can be chosen would take those that `unit` asks for. */
static const uint64_t CAP = 0x222f0406;  /* 48 bits in four levels, one fault record at 220h */
static const uint64_t ECAP = 0xf00;      /* IOTLB_REG at F8h */
static const char *const FEATURES = "";  /* what it can do beyond that: "pasid,no-snoop" */
enum { VERSION = 0x10, HAW = 46 };

enum { GCMD = 0x18, GSTS = 0x1c, RTADDR = 0x20, REGISTERS = 0x1000 };
static const uint32_t TE = 1u << 31, SRTP = 1u << 30;

static uint32_t registers[REGISTERS / 4];
static uint64_t root_table; /* RTADDR_REG as SRTP has latched it */

struct answer {
    int blocked;
    uint64_t address;      /* where it goes, if it is not blocked */
    const char *condition; /* why not: a row of Table 30, and its number */
    int reason;
};

/* Memory of the whole address space, a page where somebody wrote. */
static struct page {
    uint64_t number;
    uint8_t bytes[4096];
    struct page *next;
} *pages;

static uint8_t *byte_at(uint64_t address, int to_write)
{
    static uint8_t zero;
    struct page *page = pages;

    while (page != NULL && page->number != address >> 12)
        page = page->next;
    if (page == NULL) {
        zero = 0;
        if (!to_write)
            return &zero;
        page = calloc(1, sizeof *page);
        if (page == NULL)
            abort();
        page->number = address >> 12;
        page->next = pages;
        pages = page;
    }
    return &page->bytes[address & 0xfff];
}

static uint64_t load(uint64_t address, int bytes)
{
    uint64_t value = 0;

    while (bytes-- > 0)
        value = value << 8 | *byte_at(address + bytes, 0);
    return value;
}

static void store(uint64_t address, int bytes, uint64_t value)
{
    for (int i = 0; i < bytes; i++)
        *byte_at(address + i, 1) = value >> (8 * i);
}

static void reset(void)
{
    while (pages != NULL) {
        struct page *page = pages;
        pages = page->next;
        free(page);
    }
    memset(registers, 0, sizeof registers);
    registers[0] = VERSION;
    registers[2] = (uint32_t)CAP, registers[3] = CAP >> 32;
    registers[4] = (uint32_t)ECAP, registers[5] = ECAP >> 32;
    root_table = 0;
}

static void write_register(uint32_t offset, uint32_t value)
{
    switch (offset) {
    case GCMD:
        registers[GSTS / 4] = (registers[GSTS / 4] & ~TE) | (value & (TE | SRTP));
        if (value & SRTP)
            root_table = (uint64_t)registers[RTADDR / 4 + 1] << 32 | (registers[RTADDR / 4] & ~0xfffu);
        break;
    case RTADDR:
    case RTADDR + 4:
        registers[offset / 4] = value;
        break;
    }
}

/* One page of a request without PASID: legacy mode, §3.4.2 and §3.7, nothing cached and nothing recorded. */
static struct answer translate(uint16_t source, uint64_t address, int reads, int writes)
{
    const uint64_t page_mask = 0x3ffffffff000;
    uint64_t root, context, top, entry = 0;

    if (!(registers[GSTS / 4] & TE))
        return (struct answer){ .address = address };
    root = load(root_table + (source >> 8) * 16, 8);
    if (!(root & 1))
        return (struct answer){ 1, 0, "LRT.2", 0x1 };
    context = (root & page_mask) + (source & 0xff) * 16;
    top = load(context, 8);
    if (!(top & 1))
        return (struct answer){ 1, 0, "LCT.2", 0x2 };
    if ((top >> 2 & 3) == 2)
        return (struct answer){ .address = address };
    if (address >> 48 != 0)
        return (struct answer){ 1, 0, "LGN.1.1", 0x4 };
    entry = top;
    for (int level = 4; level > 0; level--) {
        entry = load((entry & page_mask) + (address >> (3 + 9 * level) & 0x1ff) * 8, 8);
        if (writes && !(entry & 2))
            return (struct answer){ 1, 0, "LGN.2", 0x5 };
        if (reads && !(entry & 1))
            return (struct answer){ 1, 0, "LGN.3", 0x6 };
    }
    return (struct answer){ .address = (entry & page_mask) | (address & 0xfff) };
}

/* ---- Part 2: the protocol ------------------------------------------------------------------------------------- */

static const uint64_t BASE = 0xfed90000; /* where the text dialect has the registers */

static int is_register(uint64_t address) { return address >= BASE && address < BASE + REGISTERS; }

static void refuse(const char *why) { printf("FAIL %s\n", why); }

static void unit(void)
{
    reset();
    printf("OK cap=0x%" PRIx64 " ecap=0x%" PRIx64 " haw=%d version=0x%x features=%s\n", CAP, ECAP, HAW, VERSION,
           FEATURES);
}

/* readl ADDR, writeq ADDR VALUE and their like: `size` is the letter that tells how many bytes. */
static void access_number(int is_write, char size, uint64_t address, uint64_t value)
{
    int bytes = size == 'b' ? 1 : size == 'w' ? 2 : size == 'l' ? 4 : 8;
    uint32_t offset = address - BASE;

    if (is_register(address) && (bytes < 4 || address % bytes != 0)) {
        refuse("a register is accessed with 32 or 64 bits, and aligned");
        return;
    }
    if (is_write) {
        if (!is_register(address))
            store(address, bytes, value);
        else
            for (int i = 0; i < bytes; i += 4)
                write_register(offset + i, value >> (8 * i));
        puts("OK");
        return;
    }
    if (is_register(address))
        value = registers[offset / 4] | (bytes == 8 ? (uint64_t)registers[offset / 4 + 1] << 32 : 0);
    else
        value = load(address, bytes);
    printf("OK 0x%016" PRIx64 "\n", value);
}

static void read_bytes(uint64_t address, uint64_t size)
{
    printf("OK 0x");
    for (uint64_t i = 0; i < size; i++)
        printf("%02x", (unsigned)load(address + i, 1));
    putchar('\n');
}

/* DATA is 0x and pairs of digits; what it lacks is zero. */
static void write_bytes(uint64_t address, uint64_t size, const char *data)
{
    const char *pair = strncmp(data, "0x", 2) == 0 ? data + 2 : "";

    for (uint64_t i = 0; i < size; i++) {
        unsigned byte = 0;
        if (sscanf(pair, "%2x", &byte) == 1)
            pair += 2;
        store(address + i, 1, byte);
    }
    puts("OK");
}

/* The next word of a line, which it ends; "" if there is none. */
static char *word_of(char **rest)
{
    char *word = *rest + strspn(*rest, " ");
    char *end = word + strcspn(word, " ");

    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

static uint64_t number_of(char **rest) { return strtoull(word_of(rest), NULL, 0); }

/* bb:dd.f, or the number as 0x... */
static uint16_t source_of(const char *text)
{
    unsigned bus, device, function;

    if (sscanf(text, "%x:%x.%x", &bus, &device, &function) == 3)
        return bus << 8 | device << 3 | function;
    return strtoul(text, NULL, 0);
}

/* dma SOURCE read|write|atomic ADDR, and options. */
static void dma(char *rest)
{
    uint16_t source = source_of(word_of(&rest));
    const char *kind = word_of(&rest), *option;
    uint64_t address = number_of(&rest), length = 4;
    int reads = strcmp(kind, "write") != 0, writes = strcmp(kind, "read") != 0;
    struct answer first = { 0 }, part;

    while (*(option = word_of(&rest)) != '\0') {
        if (strncmp(option, "length=", 7) == 0)
            length = strtoull(option + 7, NULL, 0);
        else if (strcmp(option, "type=untranslated") != 0 && strcmp(option, "details") != 0) {
            refuse("this unit does not know that kind of request");
            return;
        }
    }
    /* A request over the end of a page is one for each, §3.13: the first that fails, else the first, is the answer. */
    for (uint64_t at = address; at < address + length; at = (at | 0xfff) + 1) {
        part = translate(source, at, reads, writes);
        if (at == address || part.blocked)
            first = part;
        if (part.blocked)
            break;
    }
    if (first.blocked)
        printf("OK UR %s 0x%x\n", first.condition, first.reason);
    else
        printf("OK completed 0x%016" PRIx64 "\n", first.address);
}

static void answer(char *rest)
{
    const char *command = word_of(&rest);
    size_t length = strlen(command);
    uint64_t address, size;

    if (strcmp(command, "unit") == 0)
        unit();
    else if (strcmp(command, "reset") == 0 && *rest == '\0')
        reset(), puts("OK");
    else if (strcmp(command, "version") == 0)
        puts("OK my-emulator 1");
    else if (strcmp(command, "quit") == 0)
        puts("OK"), exit(0);
    else if (length == 5 && strncmp(command, "read", 4) == 0 && strchr("bwlq", command[4]) != NULL)
        access_number(0, command[4], number_of(&rest), 0);
    else if (length == 6 && strncmp(command, "write", 5) == 0 && strchr("bwlq", command[5]) != NULL)
        address = number_of(&rest), access_number(1, command[5], address, number_of(&rest));
    else if (strcmp(command, "read") == 0)
        address = number_of(&rest), read_bytes(address, number_of(&rest));
    else if (strcmp(command, "write") == 0 && strstr(rest, "invisible") == NULL)
        address = number_of(&rest), size = number_of(&rest), write_bytes(address, size, word_of(&rest));
    else if (strcmp(command, "dma") == 0)
        dma(rest);
    else
        refuse("this adapter has no such command");
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    reset();
    while ((length = getline(&line, &room, stdin)) >= 0) {
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            line[--length] = '\0';
        if (length > 0)
            answer(line);
        fflush(stdout);
    }
    return 0;
}
