/**
 * Names for invented people, by where they are usual. An entry lists the spellings of one name that
 * Dutch files show side by side, divided by "/": the first is how a registry would write it. A
 * family name may begin with its prefix, divided off by a "|".
 */
export type Origin = {
  readonly country: string
  readonly women: readonly string[]
  readonly men: readonly string[]
  readonly families: readonly string[]
}

const list = (text: string): readonly string[] => text.trim().split(/\s*,\s*/)

export const origins = {
  dutch: {
    country: 'NLD',
    women: list(
      'Sanne, Fleur, Anouk, Lotte, Femke, Maaike, Noëlle/Noelle, Roos, Iris, Merel, Danique, Zoë/Zoe, Marieke, Esmée/Esmee, Jildou, Babette, Wilhelmina, Chantal',
    ),
    men: list(
      'Daan, Sem, Bram, Thijs, Jeroen, Ruben, Stijn, Koen, Maarten, Sjoerd, Wouter, Jurriën/Jurrien, Niels, Bas, Gerrit, Dylan, Kevin, Hendrik',
    ),
    families: list(
      'de|Vries, van den|Berg, van der|Meer, Bakker, Visser, Smit/Smid, Meijer/Meyer, Mulder, de|Groot, Bos, Vos, Peters, Hendriks/Hendrix, van|Dijk/Dyk, Dekker, Brouwer, de|Wit, Dijkstra/Dykstra, van der|Linden, Kok, Jacobs, van|Vliet, Hoekstra, Verhoeven, Schouten, Willems, Kuipers, van de|Ven, Scholten, Postma, in ’t|Veld, ter|Horst, op den|Kamp',
    ),
  },
  moroccan: {
    country: 'MAR',
    women: list(
      'Fatima/Fatma, Khadija/Khadidja, Naima/Naïma, Samira, Hafsa, Salma/Selma, Ikram, Souad/Suad, Hanane, Latifa',
    ),
    men: list(
      'Mohamed/Mohammed/Muhammad, Youssef/Yousef, Hamza, Bilal/Billal, Karim/Kareem, Soufiane/Sofiane, Anouar/Anwar, Ilyas/Elyas, Nabil, Redouan/Redouane',
    ),
    families: list(
      'el|Amrani, Bouazza/Boazza, Benali, el|Idrissi, Ouali, Chaoui, Haddadi/Hadadi, el|Khattabi/Khatabi, Azzouzi/Azouzi, Boukhari/Bouchari, Lahlou, Tahiri, Ziani, el|Mansouri, Ait|Taleb',
    ),
  },
  turkish: {
    country: 'TUR',
    women: list(
      'Ayşe/Ayse, Zeynep, Elif, Merve, Gülsüm/Gulsum, Büşra/Busra, Derya, Şeyma/Seyma, Tuğba/Tugba, Özlem/Ozlem',
    ),
    men: list(
      'Mehmet, Emre, Yusuf/Yussuf, Ömer/Omer, Burak, Çağlar/Caglar, Hüseyin/Huseyin, Oğuz/Oguz, Kerem, Serkan',
    ),
    families: list(
      'Yılmaz/Yilmaz, Kaya, Demir, Çelik/Celik, Şahin/Sahin, Yıldız/Yildiz, Öztürk/Ozturk, Aydın/Aydin, Arslan, Doğan/Dogan, Kılıç/Kilic, Polat, Güneş/Gunes, Korkmaz, Tekin',
    ),
  },
  surinamese: {
    country: 'SUR',
    women: list(
      'Shanti, Anjali, Priya, Maureen, Jennifer, Rashida, Indra, Cheryl, Sharmila, Wonny',
    ),
    men: list('Ravi, Sanjay, Orlando, Humphrey, Clifton, Radjesh, Winston, Ashwin, Dwight, Romeo'),
    families: list(
      'Ramdin, Jagroep, Biharie, Sewdien, Kalpoe, Ramsaran, Emanuels, Wijngaarde, Doekhie, Mahabier, Pinas, Amatmohamed, Baldew, Lachman, Kromosoeto',
    ),
  },
  polish: {
    country: 'POL',
    women: list(
      'Agnieszka, Małgorzata/Malgorzata, Katarzyna, Zofia, Ewelina, Joanna, Natalia, Weronika, Paulina, Bożena/Bozena',
    ),
    men: list(
      'Paweł/Pawel, Grzegorz, Krzysztof, Łukasz/Lukasz, Mateusz, Tomasz, Wojciech, Sławomir/Slawomir, Dariusz, Kamil',
    ),
    families: list(
      'Kowalski, Nowak, Wiśniewski/Wisniewski, Wójcik/Wojcik, Kamiński/Kaminski, Lewandowski, Zieliński/Zielinski, Szymański/Szymanski, Dąbrowski/Dabrowski, Kozłowski/Kozlowski, Jankowski, Mazur, Krawczyk, Piotrowski, Grabowski',
    ),
  },
  romanian: {
    country: 'ROU',
    women: list(
      'Andreea/Andrea, Ioana, Mihaela, Cristina, Alexandra, Ştefania/Stefania, Roxana, Denisa, Lăcrămioara/Lacramioara, Simona',
    ),
    men: list(
      'Andrei, Ionuţ/Ionut, Mihai, Florin, Cătălin/Catalin, Răzvan/Razvan, Bogdan, Vasile, Gheorghe/George, Dănuţ/Danut',
    ),
    families: list(
      'Popescu, Ionescu, Dumitru, Stan, Munteanu, Rusu, Moldoveanu, Lăcătuş/Lacatus, Ciobanu, Tănase/Tanase, Văduva/Vaduva, Preda, Stoica, Barbu, Neagu',
    ),
  },
  bulgarian: {
    country: 'BGR',
    women: list(
      'Мария/Mariya, Елена/Elena, Иванка/Ivanka, Радка/Radka, Десислава/Desislava, Силвия/Silviya, Гергана/Gergana, Калина/Kalina',
    ),
    men: list(
      'Георги/Georgi, Димитър/Dimitar, Иван/Ivan, Стефан/Stefan, Николай/Nikolay, Мартин/Martin, Петър/Petar, Борис/Boris',
    ),
    families: list(
      'Иванов/Ivanov, Димитров/Dimitrov, Петров/Petrov, Николов/Nikolov, Стоянов/Stoyanov, Тодоров/Todorov, Маринов/Marinov, Колев/Kolev, Ангелов/Angelov, Асенов/Asenov, Митков/Mitkov, Русев/Rusev',
    ),
  },
  nigerian: {
    country: 'NGA',
    women: list('Blessing, Joy, Precious, Faith, Osarugue, Chioma, Adaeze, Ngozi, Ifeoma, Mercy'),
    men: list('Emeka, Chinedu, Osaze, Tunde, Obinna, Kelechi, Ikenna, Sunday, Efosa, Uche'),
    families: list(
      'Okafor, Osagie, Eze, Igbinedion, Nwosu, Adeyemi, Okonkwo, Omoruyi, Aigbe, Balogun, Uzor, Ehigiator, Obaseki, Idahosa, Onyeka',
    ),
  },
  vietnamese: {
    country: 'VNM',
    women: list(
      'Linh, Hương/Huong, Thảo/Thao, Ngọc/Ngoc, Phương/Phuong, Trang, Quỳnh/Quynh, Mai, Loan, Hạnh/Hanh',
    ),
    men: list(
      'Tuấn/Tuan, Hùng/Hung, Dũng/Dung, Minh, Quang, Đức/Duc, Khánh/Khanh, Long, Phong, Trung',
    ),
    families: list(
      'Nguyễn/Nguyen, Trần/Tran, Phạm/Pham, Hoàng/Hoang, Huỳnh/Huynh, Đặng/Dang, Bùi/Bui, Dương/Duong, Trịnh/Trinh, Lương/Luong',
    ),
  },
  syrian: {
    country: 'SYR',
    women: list(
      'Rania/Raniya, Aya, Lina/Leena, Nour/Noor, Hala, Yasmin/Jasmin, Maysa, Ghada/Ghadda, Rasha, Samar',
    ),
    men: list(
      'Khaled/Khalid, Omar/Omer, Anas, Fadi, Majd, Tarek/Tariq, Ammar, Wael/Wail, Rami, Basel/Bassel',
    ),
    families: list(
      'al|Hassan, Darwish/Darwisch, Khoury/Khouri, al|Sayed/Sayyed, Haddad/Hadad, Najjar/Najar, Qasim/Kasim, Shami, Barakat, Halabi, al|Masri, Sabbagh/Sabagh, Kabbani/Kabani, Atassi, Zein',
    ),
  },
  eritrean: {
    country: 'ERI',
    women: list(
      'Selam/Salam, Mehret/Mihret, Feven/Fiven, Rahwa, Luwam, Semhar, Yordanos/Jordanos, Bisrat, Helen, Saba',
    ),
    men: list(
      'Filmon, Yonas/Jonas, Natnael/Netnael, Robel/Robiel, Samson, Merhawi/Mirhawi, Henok, Abel, Kibrom, Aman',
    ),
    families: list(
      'Tesfay/Tesfai, Ghebremeskel/Gebremeskel, Habte/Hapte, Kidane/Kidanie, Berhane/Birhane, Woldu/Woldou, Asmelash, Negash, Haile/Hayle, Mebrahtu/Mebrahtou, Araya, Solomon, Weldegebriel, Fessehaye/Fesehaye',
    ),
  },
} as const satisfies Record<string, Origin>

export type OriginName = keyof typeof origins

export const spellingsOf = (entry: string): readonly string[] => entry.split('/')
